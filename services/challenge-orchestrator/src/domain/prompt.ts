import type { Challenge } from "./challenge.js";
import { PROMPT_TEXTS } from "./prompt-texts.js";
import { METHOD_WORD } from "./way.js";

/** What a prompt says beside its challenge. */
export interface PromptOptions {
  /** An answer was wrong before. */
  readonly again: boolean;
  /** The user asked for another way, and it is not possible now. */
  readonly notPossible?: boolean;
  /** Of a challenge that matches a number: the number. */
  readonly number?: string;
}

/** RADIUS attributes end there; a longer text would be cut, in the middle of a character if need be. */
const MAX_TEXT_BYTES = 253;

/** The text of a prompt. It never tells which check an answer failed: wrong, used and old codes all look the same. */
export function promptText(challenge: Challenge, options: PromptOptions): string {
  const { way, language, words, fallback } = challenge;
  const texts = PROMPT_TEXTS[language];
  const asked = textOf(challenge, options);
  const first = options.notPossible ? `${texts.notPossible} ` : fallback && !options.again ? `${texts.fallback} ` : "";
  const choice = words.map((method) => METHOD_WORD[method]).filter((word) => word !== undefined);
  const text = `${first}${asked}`;
  if (choice.length === 0 || way.matching === "number") return text;
  const whole = `${text} ${texts.choice.replace("{words}", choice.join(", "))}`;
  return Buffer.byteLength(whole) <= MAX_TEXT_BYTES ? whole : text;
}

function textOf({ way, language }: Challenge, { again, number = "" }: PromptOptions): string {
  const texts = PROMPT_TEXTS[language];
  switch (way.method) {
    case "sms": {
      if (way.pin) return again ? texts.smsPinAgain : texts.smsPin;
      return again ? texts.smsAgain : texts.sms;
    }
    case "app":
      return texts.number.replace("{number}", number);
    case "oath":
    case "voice":
    case "manual":
      return again ? texts.oathAgain : texts.oath;
  }
}

/** What is left of a prompt's time, in whole seconds; at least 1, since 0 would say "no limit". */
export function remainingSeconds(expiresAtMs: number, nowMs: number): number {
  return Math.max(1, Math.floor((expiresAtMs - nowMs) / 1_000));
}
