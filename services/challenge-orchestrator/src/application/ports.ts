import type { LoginOutcome, LoginRef, UserId } from "@portcullis/login";
import type { ClientPolicy } from "../domain/policy.js";
import type { StepUse, UserFactors } from "../domain/token.js";
import type { TotpAlgorithm } from "../domain/totp.js";

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

/** The users' tokens. Both calls reject with `Unavailable` when the database is away. */
export interface Factors {
  find(userId: UserId): Promise<UserFactors>;
  /**
   * Takes a step for an answer, by compare-and-set: true when nobody used it or a later one before, and again for the same
   * answer; false for anybody else.
   */
  useStep(use: StepUse): Promise<boolean>;
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

/** A token of the configuration file, ready to be stored. */
export interface ImportedToken {
  readonly serial: string;
  readonly userId: UserId;
  readonly sealedSecret: Uint8Array;
  /** Keyed digest of the secret and of how steps are counted; tells without the secret whether used steps still count. */
  readonly secretDigest: string;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly periodSeconds: number;
}

/** The tokens that come from the configuration file. */
export interface FileTokens {
  /** The import that is complete here, or undefined. */
  importedAs(): Promise<string | undefined>;
  /** Adds and changes tokens; a token whose secret stays keeps its used steps. */
  store(importId: string, tokens: readonly ImportedToken[]): Promise<void>;
  /** Removes what the import did not store and marks it as complete, in one step. */
  complete(importId: string): Promise<void>;
}
