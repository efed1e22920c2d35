import type { ChallengeResult, Notice } from "./delivery.js";
import type { Language } from "./language.js";
import type { TextKey } from "./text-keys.js";
import type { Texts } from "./texts.js";

/** What a call says next, and what it waits for. */
export interface Script {
  readonly language: Language;
  readonly sentences: readonly string[];
  readonly next: "keys" | "hang-up";
}

/** What the sentences of a call depend on. */
export interface CallWords {
  readonly language: Language;
  readonly application: string;
  readonly asksPin: boolean;
  /** Empty where fraud codes are switched off. */
  readonly fraudCode: string;
}

/** Why a call asks: for the first time, once more after a wrong answer, or because nothing was pressed. */
export type Asking = "first" | "not-heard" | Notice;

const BEFORE: Readonly<Record<Asking, TextKey | undefined>> = {
  first: "call.greeting",
  none: undefined,
  "not-heard": "call.notHeard",
  "pin-wrong": "call.pinWrong",
  // Neither is asked for in a call; asked again all the same.
  "code-wrong": "call.notHeard",
  "match-wrong": "call.notHeard",
};

const LAST_WORD: Readonly<Record<ChallengeResult, TextKey>> = {
  approved: "call.approved",
  denied: "call.denied",
  fraud: "call.reported",
  wrong: "call.wrong",
  expired: "call.over",
  replaced: "call.over",
  refused: "call.denied",
};

export function askingScript(texts: Texts, words: CallWords, asking: Asking): Script {
  const { language, application, asksPin, fraudCode } = words;
  const before = BEFORE[asking];
  const fields = { application };
  const sentences = [
    ...(before === undefined ? [] : [texts.fill(language, before, fields)]),
    texts.fill(language, asksPin ? "call.pin" : "call.approve", fields),
    // Digit by digit: "12" is not to be read as twelve.
    ...(fraudCode === "" ? [] : [texts.fill(language, "call.fraud", { fraudCode: fraudCode.split("").join(" ") })]),
  ];
  return { language, sentences, next: "keys" };
}

/** @param result undefined: nobody knows yet, and the call can't wait any longer */
export function lastScript(texts: Texts, language: Language, result: ChallengeResult | undefined): Script {
  const key = result === undefined ? "call.goodbye" : LAST_WORD[result];
  return { language, sentences: [texts.fill(language, key)], next: "hang-up" };
}
