import { type LoginContext, type LoginOutcome, RESULT_CODES, type ResultCode, type UserId } from "@portcullis/login";

/** Whose login ended, and why. */
export interface EndOf {
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly userKnown: boolean;
  readonly resultCode: ResultCode;
  readonly tokenSerial?: string;
  /** Where the client's rules have another one than the table of result codes. */
  readonly verdict?: LoginOutcome["verdict"];
}

/** The end of a login; its verdict is the one that the table of result codes has, unless another one is given. */
export function outcomeOf(end: EndOf, decidedAtMs: number): LoginOutcome {
  const { context, userId, userKnown, resultCode, tokenSerial = "" } = end;
  return {
    context,
    verdict: end.verdict ?? RESULT_CODES[resultCode].verdict,
    resultCode,
    userId,
    userKnown,
    tokenSerial,
    decidedAtMs,
  };
}

/** The end of a login of which no more is known than what its front end kept: who the user is was not found out. */
export function undecidedOutcome(context: LoginContext, resultCode: ResultCode, decidedAtMs: number): LoginOutcome {
  return outcomeOf({ context, userId: context.userKey as string as UserId, userKnown: false, resultCode }, decidedAtMs);
}
