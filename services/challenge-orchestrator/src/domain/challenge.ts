import type { Remembered } from "@portcullis/login";
import type { Language, MethodName } from "./user-factors.js";
import type { Way } from "./way.js";

/** How a login is asked in its current round. */
export interface Challenge {
  readonly way: Way;
  /** One attempt to reach the user; empty where nobody is reached. */
  readonly challengeId: string;
  /** 1 for the first; a wrong answer from elsewhere leads to the next one. */
  readonly attempt: number;
  /** Why there is another attempt. */
  readonly notice: Notice;
  /** Whether the client can show a prompt in this login, now or later. */
  readonly canPrompt: boolean;
  /** What an approval has to name, of a challenge that matches the context; empty otherwise. */
  readonly connectingTo: string;
  /** The others that it is shown among. */
  readonly decoys: readonly string[];
  /** Approved in the app, and not yet asked for at the client's prompt. */
  readonly approved: boolean;
  /** How often the way was changed. */
  readonly switches: number;
  /** It is asked because the user could not be reached. */
  readonly fallback: boolean;
  readonly language: Language;
  /** The methods that a word at the prompt leads to. */
  readonly words: readonly MethodName[];
  /** What is remembered when she is let in. */
  readonly remember: readonly Remembered[];
}

/** For the code of a token, in English and without a choice: most logins are this one, so it is kept as nothing. */
export const PLAIN_CHALLENGE: Challenge = {
  way: { method: "oath", pin: false, twoWay: false, matching: "none" },
  challengeId: "",
  attempt: 1,
  notice: "none",
  canPrompt: true,
  connectingTo: "",
  decoys: [],
  approved: false,
  switches: 0,
  fallback: false,
  language: "en",
  words: [],
  remember: [],
};

export function isPlain(challenge: Challenge): boolean {
  const { way, words, remember, language, switches, fallback } = challenge;
  if (way.method !== "oath" || words.length > 0 || remember.length > 0) return false;
  return language === "en" && switches === 0 && !fallback;
}

/** Why somebody is asked once more. */
export type Notice = "none" | "pin-wrong" | "match-wrong" | "code-wrong";

/** An answer that came by another way than the client's prompt. */
export interface AnswerFromElsewhere {
  readonly channel: "app" | "call" | "text" | "operator";
  readonly word: "approve" | "deny" | "fraud" | "text";
  /** Of the app. */
  readonly pin: string;
  /** The number, or what was chosen; of the app. */
  readonly matched: string;
  /** Keys or a text. */
  readonly text: string;
}
