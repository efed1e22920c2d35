import type { LoginOutcome } from "@portcullis/login";

/** One login in the audit. Everything in it is covered by `mac`. */
export interface AuditRow {
  /** 1 for the first row of the chain; no gaps. */
  readonly sequence: number;
  readonly outcome: AuditedOutcome;
  /** HMAC-SHA256 over the row before and this one: 64 characters of hexadecimal. */
  readonly mac: string;
}

/** What the audit keeps of an outcome: who, where, when, how it ended and why. */
export interface AuditedOutcome {
  readonly loginId: string;
  readonly client: string;
  readonly userId: string;
  readonly userKnown: boolean;
  readonly userName: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly verdict: string;
  readonly resultCode: string;
  readonly tokenSerial: string;
  readonly claimedAtMs: number;
  readonly decidedAtMs: number;
}

/** Where a chain ends. The empty chain ends at sequence 0 with a MAC of zeros. */
export interface AuditHead {
  readonly sequence: number;
  readonly mac: string;
}

export const EMPTY_HEAD: AuditHead = { sequence: 0, mac: "0".repeat(64) };

export function auditedOutcomeOf(outcome: LoginOutcome): AuditedOutcome {
  const { context } = outcome;
  return {
    loginId: context.loginId,
    client: context.client,
    userId: outcome.userId,
    userKnown: outcome.userKnown,
    userName: context.userName,
    station: context.station,
    sourceAddress: context.sourceAddress,
    verdict: outcome.verdict,
    resultCode: outcome.resultCode,
    tokenSerial: outcome.tokenSerial,
    claimedAtMs: context.claimedAtMs,
    decidedAtMs: outcome.decidedAtMs,
  };
}
