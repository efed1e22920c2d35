import type { LoginContext, LoginId, LoginOutcome, LoginRef, UserId } from "@portcullis/login";
import type { AnswerFromElsewhere, Challenge } from "../domain/challenge.js";
import type { ClientPolicy } from "../domain/policy.js";
import type { StepUse } from "../domain/token.js";
import type { Language, MethodName, UserFactors } from "../domain/user-factors.js";

/** What the orchestrator knows of a RADIUS client. */
export interface ClientRules extends ClientPolicy {
  /** As people see it. */
  readonly application: string;
  /** Whether a repeated login joins the one that waits although neither says which station it is from. */
  readonly joinWithoutStation: boolean;
  /** For how long the same login passes again; undefined: as the request says best. */
  readonly reconnectWindowMs: number | undefined;
  /** What an Access-Accept gets, in this order. */
  readonly replyAttributes: readonly ReplyAttributeRule[];
  /** What the client is told, at its time limit, when no server of its target answers. */
  readonly whenTargetUnavailable: "silent" | "reject";
  readonly challengeTimeLimitMs: number;
  readonly rejectDelayMs: number;
}

interface ReplyAttributeRule {
  /** For users in one of these; none: for everybody. */
  readonly groups: readonly string[];
  /** As on the wire, hidden ones in clear. */
  readonly attributes: Uint8Array;
}

/** The clients, as the newest configuration has them. */
export interface Clients {
  find(name: string): ClientRules | undefined;
  /** The names of all applications, as people see them. */
  applications(): readonly string[];
}

/** Who is blocked, as far as this process was told; the database may know more. */
export interface Blocks {
  /** In milliseconds since 1970, perhaps past; Infinity until somebody unblocks her; undefined: she is not blocked. */
  blockedUntilMs(userId: UserId): number | undefined;
}

/** What is dialled or texted to report fraud, as the newest configuration has it; empty: nothing is. */
export type FraudCode = () => string;

/** How a challenge is written into what is sealed. */
export interface ChallengeCodec {
  encode(challenge: Challenge): Uint8Array;
  decode(bytes: Uint8Array): Challenge;
}

/** What users have for their second factor. Every call rejects with `Unavailable` when the database is away. */
export interface Factors {
  find(userId: UserId): Promise<UserFactors>;
  /**
   * Takes a step for an answer, by compare-and-set: true when nobody used it or a later one before, and again for the same
   * answer; false for anybody else.
   */
  useStep(use: StepUse): Promise<boolean>;
  /** Takes a bypass for a login, by compare-and-set: true for the first login that wants it, and again for the same one. */
  useBypass(use: BypassUse): Promise<boolean>;
}

/** A login that wants a bypass for itself. */
export interface BypassUse {
  readonly bypassId: string;
  readonly loginId: LoginId;
}

/** A user as directory-sync told. */
export interface UserCopy {
  readonly userId: UserId;
  readonly loginName: string;
  readonly enabled: boolean;
  /** In canonical form, each once, sorted. */
  readonly groups: readonly string[];
  readonly generation: bigint;
}

export interface UserCopies {
  /** Keeps it, unless a newer one is there. */
  keep(user: UserCopy): Promise<void>;
}

/** Tells the other services how logins end. */
export interface LoginEvents {
  /** Resolves when the event is durable. */
  loginDecided(outcome: LoginOutcome): Promise<void>;
}

/** Tells notifier and mobile whom to reach. Resolves when the event is durable. */
export interface ChallengeEvents {
  challengeIssued(issued: IssuedChallenge): Promise<void>;
  challengeClosed(closed: ClosedChallenge): Promise<void>;
}

export interface IssuedChallenge {
  /** Its deadline is when the challenge ends. */
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly challenge: Challenge;
  readonly application: string;
  /** A `Phones` message, in clear; undefined where no phone is reached. */
  readonly phones: Uint8Array | undefined;
  /** Of a text. */
  readonly code: string | undefined;
  /** To be chosen among; may be empty. */
  readonly choices: readonly string[];
  readonly fraudCode: string;
  /** That of the user. */
  readonly language: Language;
}

export type ClosingResult = "approved" | "denied" | "fraud" | "wrong" | "expired" | "replaced" | "refused";

export interface ClosedChallenge extends LoginRef {
  readonly challengeId: string;
  readonly method: MethodName;
  readonly result: ClosingResult;
  readonly closedAtMs: number;
  readonly deadlineMs: number;
}

/** Tells fraud-reporter. Resolves when the report can't be lost any more. */
export interface FraudEvents {
  fraudReported(report: FraudReport): Promise<void>;
}

/** A user's word that a login was not hers. */
export interface FraudReport {
  readonly reportId: string;
  readonly userId: UserId;
  readonly context: LoginContext;
  readonly application: string;
  readonly channel: "call" | "text";
  readonly reportedAtMs: number;
}

/** Tells whoever judges answers of one that was given here. */
export interface AnswerEvents {
  factorAnswered(given: GivenFactorAnswer): Promise<void>;
}

/** An answer from elsewhere, and what it is for. */
export interface GivenFactorAnswer extends LoginRef {
  /** Empty for an operator's word, which is about a login. */
  readonly challengeId: string;
  readonly attempt: number;
  readonly answer: AnswerFromElsewhere;
  readonly answeredAtMs: number;
  /** When it is worthless, on the store's clock. */
  readonly deadlineMs: number;
}

/** Counts and logs the end of a login. */
export type ReportEnd = (outcome: LoginOutcome) => void;
