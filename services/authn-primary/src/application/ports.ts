import type { ExchangeId, UserId } from "@portcullis/login";
import type { Account, UserCopy } from "../domain/account.js";
import type { Attempt, TargetAnswer } from "../domain/first-factor.js";

/** Where the first factor is checked: one implementation for each type of target. */
export interface Target {
  /** Rejects with `Unavailable` for "not now". */
  check(attempt: Attempt): Promise<TargetAnswer>;
  /**
   * Passes an Accounting-Request on; not there where nobody takes accounting.
   * @returns the attributes of its answer, in clear; undefined when there is none
   */
  readonly account?: ((accounting: TargetAccounting) => Promise<Uint8Array | undefined>) | undefined;
  /** Ends it when what is under way has ended, or after `graceMs`. */
  close?(graceMs: number): Promise<void>;
}

/** An Accounting-Request as a target gets it. */
export interface TargetAccounting {
  readonly exchangeId: ExchangeId;
  /** The RADIUS client that asks. */
  readonly client: string;
  /** In clear. */
  readonly attributes: Uint8Array;
  /** Until when an answer is of use, on the store's clock. */
  readonly deadlineMs: number;
}

/** The targets, as the newest configuration has them. */
export interface Targets {
  /** Undefined when the client or its target is not known here. */
  targetOf(client: string): Target | undefined;
}

/** The copy of users, joined with their passwords. A call rejects with a store's own error when the store is away. */
export interface AccountStore {
  find(loginName: string): Promise<Account | undefined>;
  /** Takes over a newer copy of a user; an older one changes nothing. */
  keep(user: UserCopy): Promise<void>;
}

/** A user's password as it is kept. */
export interface StoredPassword {
  readonly userId: UserId;
  /** argon2id in PHC form. */
  readonly hash: string;
}

/** Password hashes that come from the configuration file; those of other sources are neither seen nor changed. */
export interface FilePasswordStore {
  /** Digest of the file as it was last imported whole; undefined before the first time. */
  importedDigest(): Promise<string | undefined>;
  setImportedDigest(digest: string): Promise<void>;
  all(): Promise<readonly StoredPassword[]>;
  put(passwords: readonly StoredPassword[]): Promise<void>;
  remove(userIds: readonly UserId[]): Promise<void>;
}

/** Slow password hashes, as kit has them. Any call rejects with `HashesBusy` when too many wait. */
export interface PasswordHasher {
  /** A hash with the default parameters that no password fits, for users who have none: checking it is the same work. */
  readonly decoy: string;
  hash(password: Uint8Array): Promise<string>;
  /** @param client whose share of the work it is; left out, it is ours */
  verify(hash: string, password: Uint8Array, client?: string): Promise<boolean>;
}
