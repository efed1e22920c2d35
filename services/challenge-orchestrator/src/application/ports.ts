import type { LoginId, LoginOutcome, LoginRef, UserId } from "@portcullis/login";
import type { ClientPolicy } from "../domain/policy.js";
import type { StepUse } from "../domain/token.js";
import type { UserFactors } from "../domain/user-factors.js";

/** What the orchestrator knows of a RADIUS client. */
export interface ClientRules extends ClientPolicy {
  /** Whether a repeated login joins the one that waits although neither says which station it is from. */
  readonly joinWithoutStation: boolean;
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

/** Tells the other services. */
export interface LoginEvents {
  /** Resolves when the event is durable. */
  loginDecided(outcome: LoginOutcome): Promise<void>;
  approvalGiven(approval: GivenApproval): Promise<void>;
}

/** Somebody's word about a held login. */
export interface GivenApproval extends LoginRef {
  readonly approved: boolean;
  /** When it is worthless, on the store's clock. */
  readonly deadlineMs: number;
}

/** Counts and logs the end of a login. */
export type ReportEnd = (outcome: LoginOutcome) => void;
