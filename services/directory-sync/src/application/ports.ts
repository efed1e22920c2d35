import type { UserId } from "@portcullis/login";
import type { KeptUser, SourceUser, UserSource } from "../domain/user.js";

/** The users that we own. A call rejects with a store's own error when the store is away. */
export interface UserStore {
  /** Digest of the source as it was last imported whole; undefined before the first time. */
  importedDigest(source: UserSource): Promise<string | undefined>;
  setImportedDigest(source: UserSource, digest: string): Promise<void>;
  /**
   * Takes over users of a source (at most `MAX_UPSERT`); one who is as she was stays untouched.
   * @returns how many changed
   */
  upsert(source: UserSource, users: readonly SourceUser[]): Promise<number>;
  /**
   * Marks every other user of the source as removed.
   * @returns how many were removed by this call
   */
  removeOthers(source: UserSource, kept: readonly UserId[]): Promise<number>;
  countUnpublished(): Promise<number>;
  /** Users (at most `limit`) who changed since they were published. */
  unpublished(limit: number): Promise<readonly KeptUser[]>;
  /** Remembers that these users are published as they are given here; one who changed meanwhile stays unpublished. */
  markPublished(users: readonly KeptUser[]): Promise<void>;
}

/** The most users in one `upsert`. */
export const MAX_UPSERT = 1_000;

/** Tells the other services what a user is now. Resolves when that is durable; rejects with `Unavailable` for "not now". */
export interface UserAnnouncer {
  announce(user: KeptUser): Promise<void>;
}

/** How far an import has come; without a total while that is not known. */
export type OnProgress = (progress: { readonly done: number; readonly total: number | undefined }) => void;
