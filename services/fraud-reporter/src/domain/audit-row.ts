import type { LoginOutcome } from "@portcullis/login";

/** One row of the audit. Everything in it is covered by `mac`. */
export interface AuditRow {
  /** 1 for the first row of the chain; no gaps. */
  readonly sequence: number;
  readonly entry: AuditEntry;
  /** HMAC-SHA256 over the row before and this one: 64 characters of hexadecimal. */
  readonly mac: string;
}

/** A login that ended, or what was done about somebody: reported as fraud, blocked, unblocked. */
type AuditKind = "login" | "fraud-reported" | "user-blocked" | "user-unblocked";

/** What the audit keeps: who, where, when, how it ended and why. A kind has empty texts for what it does not have. */
export interface AuditEntry {
  /** An `AuditKind`; a text, since a row may be one of a newer version's, or somebody's who changed it. */
  readonly kind: string;
  /** What is written down once: the login's id, or of another kind the kind and an id of that. */
  readonly id: string;
  readonly client: string;
  readonly userId: string;
  readonly userKnown: boolean;
  readonly userName: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly verdict: string;
  readonly resultCode: string;
  readonly tokenSerial: string;
  /** When it began, or happened. */
  readonly claimedAtMs: number;
  /** When it ended, or was written down. */
  readonly decidedAtMs: number;
  /** What else there is of it, as JSON: of a login, how she was asked, and empty when she was not. */
  readonly details: string;
}

/** Where a chain ends. The empty chain ends at sequence 0 with a MAC of zeros. */
export interface AuditHead {
  readonly sequence: number;
  readonly mac: string;
}

export const EMPTY_HEAD: AuditHead = { sequence: 0, mac: "0".repeat(64) };

export function loginEntryOf(outcome: LoginOutcome): AuditEntry {
  const { context } = outcome;
  return {
    kind: "login" satisfies AuditKind,
    id: context.loginId,
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
    details: detailsOf(outcome),
  };
}

/** What came later, so that rows of logins without it are as they have always been. */
function detailsOf({ method, challengeId }: LoginOutcome): string {
  return method === "" && challengeId === "" ? "" : JSON.stringify({ method, challengeId });
}

export interface AuditedAction {
  readonly kind: Exclude<AuditKind, "login">;
  /** Of the report or the block that it is about. */
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly client?: string;
  readonly station?: string;
  readonly sourceAddress?: string;
  readonly happenedAtMs: number;
  readonly recordedAtMs: number;
  readonly details: Readonly<Record<string, string | number>>;
}

export function actionEntryOf(action: AuditedAction): AuditEntry {
  return {
    kind: action.kind,
    id: `${action.kind}:${action.id}`,
    client: action.client ?? "",
    userId: action.userId,
    userKnown: true,
    userName: action.userName,
    station: action.station ?? "",
    sourceAddress: action.sourceAddress ?? "",
    verdict: "",
    resultCode: "",
    tokenSerial: "",
    claimedAtMs: action.happenedAtMs,
    decidedAtMs: action.recordedAtMs,
    details: JSON.stringify(action.details),
  };
}
