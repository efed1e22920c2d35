import {
  decodeWaitingExchange,
  type Expired,
  type LoginContext,
  type LoginOutcome,
  type LoginRef,
  RESULT_CODES,
  type ResultCode,
  type UserId,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { propertiesOf } from "../domain/way.js";
import type { Challenges } from "./challenges.js";

/** Whose login ended, and why. */
export interface EndOf {
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly userKnown: boolean;
  readonly resultCode: ResultCode;
  readonly tokenSerial?: string;
  /** How she was asked last; absent when she was not. */
  readonly challenge?: Challenge;
  /** Where the client's rules have another one than the table of result codes. */
  readonly verdict?: LoginOutcome["verdict"];
}

/** The end of a login; its verdict is the one that the table of result codes has, unless another one is given. */
export function outcomeOf(end: EndOf, decidedAtMs: number): LoginOutcome {
  const { context, userId, userKnown, resultCode, tokenSerial = "", challenge } = end;
  return {
    context,
    verdict: end.verdict ?? RESULT_CODES[resultCode].verdict,
    resultCode,
    userId,
    userKnown,
    tokenSerial,
    method: challenge?.way.method ?? "",
    challengeId: challenge?.challengeId ?? "",
    decidedAtMs,
  };
}

/** The end of a login of which no more is known than what its front end kept: who the user is was not found out. */
export function undecidedOutcome(context: LoginContext, resultCode: ResultCode, decidedAtMs: number): LoginOutcome {
  return outcomeOf({ context, userId: context.userKey as string as UserId, userKnown: false, resultCode }, decidedAtMs);
}

/** The end of a login that nobody has answered in time, or whose place another one has taken. */
export function unansweredOutcome(
  expired: Expired & { readonly kind: "expired" | "superseded" },
  login: LoginRef & Pick<EndOf, "userKnown">,
  challenges: Pick<Challenges, "open">,
  decidedAtMs: number,
): LoginOutcome {
  const { context } = decodeWaitingExchange(expired.context);
  const { userId, userKnown } = login;
  const challenge = challenges.open(login.loginId, expired.challenge);
  const superseded = expired.kind === "superseded";
  const resultCode = superseded ? "FAILED_CHALLENGE_SUPERSEDED" : propertiesOf(challenge.way).noAnswer;
  return outcomeOf({ context, userId, userKnown, resultCode, challenge }, decidedAtMs);
}
