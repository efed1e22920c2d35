import type { ResultCode } from "@portcullis/login";
import type { MethodName } from "./user-factors.js";

/** What an approval in the app has to name beside the word itself. */
export type Matching = "none" | "number" | "context";

/** One way to ask a user for her second factor: a method in one of its modes. */
export interface Way {
  readonly method: MethodName;
  /** The answer has to have her PIN. */
  readonly pin: boolean;
  /** Of a text: the answer is a text too. */
  readonly twoWay: boolean;
  /** Of the app. */
  readonly matching: Matching;
}

/** How an exchange goes on while a way is asked. */
interface WayProperties {
  /** The client shows a prompt; otherwise its exchange waits. */
  readonly prompts: boolean;
  /** Something rings or arrives at a person's phone. */
  readonly reaches: boolean;
  /** The answer comes by another way than the client's prompt. */
  readonly answeredElsewhere: boolean;
  /** What lets in. */
  readonly success: ResultCode;
  /** A wrong answer was the last one. */
  readonly wrong: ResultCode;
  /** Nobody answered in time. */
  readonly noAnswer: ResultCode;
}

const CODE_PROMPT = { prompts: true, answeredElsewhere: false };
const HELD = { prompts: false, answeredElsewhere: true };

/** The properties of every way. */
export function propertiesOf({ method, pin, twoWay, matching }: Way): WayProperties {
  switch (method) {
    case "oath":
      return {
        ...CODE_PROMPT,
        reaches: false,
        success: "SUCCESS_OATH_CODE_VERIFIED",
        wrong: "FAILED_OATH_CODE_INCORRECT",
        noAnswer: "FAILED_CHALLENGE_EXPIRED",
      };
    case "sms":
      return {
        ...(twoWay ? HELD : CODE_PROMPT),
        reaches: true,
        success: "SUCCESS_SMS_AUTHENTICATED",
        wrong: "FAILED_SMS_OTP_INCORRECT",
        noAnswer: "FAILED_SMS_NO_RESPONSE",
      };
    case "voice":
      return {
        ...HELD,
        reaches: true,
        success: pin ? "SUCCESS_WITH_PIN" : "SUCCESS_NO_PIN",
        wrong: "FAILED_PIN_INCORRECT",
        noAnswer: "FAILED_PHONE_NO_ANSWER",
      };
    case "app":
      return {
        ...HELD,
        prompts: matching === "number",
        reaches: true,
        success: "SUCCESS_PHONE_APP_AUTHENTICATED",
        wrong: matching === "none" ? "FAILED_PIN_INCORRECT" : "FAILED_PHONE_APP_MATCH_INCORRECT",
        noAnswer: "FAILED_PHONE_APP_NO_RESPONSE",
      };
    case "manual":
      return {
        ...HELD,
        reaches: false,
        success: "SUCCESS_MANUAL",
        wrong: "FAILED_MANUAL_DENIED",
        noAnswer: "FAILED_CHALLENGE_EXPIRED",
      };
  }
}

/** The word that a prompt names for a method; operators are asked for by nobody. */
export const METHOD_WORD: Readonly<Partial<Record<MethodName, string>>> = {
  app: "push",
  sms: "sms",
  voice: "call",
  oath: "code",
};

/** Other words that people type. */
const SYNONYMS: Readonly<Record<string, MethodName>> = { app: "app", text: "sms", phone: "voice" };

/** The method that somebody asks for by what she typed at a prompt. */
export function methodAskedFor(typed: string, among: readonly MethodName[]): MethodName | undefined {
  const word = typed.trim().toLowerCase();
  const asked = among.find((method) => METHOD_WORD[method] === word);
  if (asked !== undefined) return asked;
  const synonym = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
  return synonym !== undefined && among.includes(synonym) ? synonym : undefined;
}
