import type { AnswerId, LoginId, UserId } from "@portcullis/login";
import type { Phones } from "../domain/phones.js";
import type { Token } from "../domain/token.js";
import type { TotpAlgorithm } from "../domain/totp.js";
import type { Language, MethodModes, MethodName } from "../domain/user-factors.js";

/** Whose name it is. Every call of every port here rejects with `Unavailable` when the database is away. */
export interface UserNames {
  /** @param loginName as `loginNameOf` gives it */
  idOf(loginName: string): Promise<UserId | undefined>;
}

/** How phones are written into what is sealed. */
export interface PhonesCodec {
  encode(phones: Phones): Uint8Array;
  decode(bytes: Uint8Array): Phones;
}

/** Slow hashes, as kit has them. Both calls reject with `Unavailable` when too many wait. */
export interface SlowHasher {
  /** A hash that nothing fits: checking it is the same work. */
  readonly decoy: string;
  hash(secret: Uint8Array): Promise<string>;
  verify(hash: string, secret: Uint8Array): Promise<boolean>;
}

/** A user's PIN as it is kept. */
export interface KeptPin {
  readonly userId: UserId;
  /** Hashes in PHC form of this PIN and of those before it, newest first, a line each; sealed for `pinPlace`. */
  readonly sealedHashes: Uint8Array;
  /** 1 for a user's first; each change adds 1. */
  readonly version: number;
  /** Who set it: the configuration file, or somebody by a command. */
  readonly source: "file" | "command";
  /** Keyed digest of what the file had when its PIN was last taken over; empty for never. */
  readonly fileDigest: string;
  readonly setAtMs: number;
  readonly mustChange: boolean;
  readonly expiresAtMs: number | undefined;
}

export interface Pins {
  find(userId: UserId): Promise<KeptPin | undefined>;
  /**
   * Keeps PINs, at most one of each user. By compare-and-set: one whose version does not follow what is there is not kept.
   * @returns whose were kept
   */
  keep(pins: readonly KeptPin[]): Promise<ReadonlySet<UserId>>;
  /** From now on it may only be used to set another one. @returns false when she has none */
  expire(userId: UserId): Promise<boolean>;
  /** The digest of each user whose PIN the file had once. */
  fileDigests(): Promise<ReadonlyMap<UserId, string>>;
  /** Removes those PINs of the file that these users still have. @returns how many */
  removeOfFile(userIds: readonly UserId[]): Promise<number>;
}

/** A token with its owner. */
export interface OwnedToken extends Token {
  readonly userId: UserId;
}

export interface Tokens {
  find(serial: string): Promise<OwnedToken | undefined>;
}

/** Recovery codes, as digests. */
export interface RecoveryCodes {
  /** All that she had are worthless from then on. */
  replace(userId: UserId, digests: readonly string[]): Promise<void>;
  /** By compare-and-set: true for the first answer, and again for the same one. */
  use(code: { readonly userId: UserId; readonly digest: string; readonly answerId: AnswerId }): Promise<boolean>;
  /** How many were not used yet. */
  left(userId: UserId): Promise<number>;
}

/** A login without a second factor that somebody allowed. */
export interface GivenBypass {
  readonly bypassId: string;
  readonly userId: UserId;
  readonly reason: string;
  /** Who gave it, in her own words. */
  readonly givenBy: string;
  readonly givenAtMs: number;
  readonly untilMs: number;
}

/** A bypass of now or before. */
export interface PastBypass extends GivenBypass {
  /** As far as it is known here; may be empty. */
  readonly loginName: string;
  readonly usedByLogin: LoginId | undefined;
  readonly removedAtMs: number | undefined;
}

export interface Bypasses {
  /** One that she has and did not use ends with it. */
  give(bypass: GivenBypass): Promise<void>;
  /** @returns false when she has none that is not used yet */
  remove(userId: UserId, atMs: number): Promise<boolean>;
  /** The newest first, of one user or of all. */
  list(limit: number, userId?: UserId): Promise<readonly PastBypass[]>;
}

/** A device as mobile told, its secret sealed as that of a token. */
export interface DeviceCopy {
  readonly deviceId: string;
  readonly userId: UserId;
  readonly name: string;
  readonly active: boolean;
  readonly generation: bigint;
  /** Of the codes; sealed for `tokenSecretPlace` of the device's serial. Nothing for one that is not active. */
  readonly sealedSecret: Uint8Array;
}

export interface DeviceCopies {
  /** Keeps it, unless a newer one is there. */
  keep(device: DeviceCopy): Promise<void>;
  /** Names of the devices that may answer, by their id. */
  names(userId: UserId): Promise<ReadonlyMap<string, string>>;
}

/** Whether a user is blocked, as fraud-reporter told. */
export interface BlockCopy {
  readonly userId: UserId;
  /** Infinity: until somebody unblocks her; undefined: she is not blocked. */
  readonly blockedUntilMs: number | undefined;
  readonly generation: bigint;
}

export interface BlockCopies {
  /** Keeps it, unless a newer one is there. */
  keep(block: BlockCopy): Promise<void>;
  /** Those that block somebody, or did until their time was over. */
  list(): Promise<readonly BlockCopy[]>;
}

/** A token of the configuration file, ready to be stored. */
export interface ImportedToken {
  readonly serial: string;
  readonly userId: UserId;
  readonly sealedSecret: Uint8Array;
  readonly type: Token["type"];
  /** The step before the first that is right: of HOTP, that before its counter. Where later ones were used, it means nothing. */
  readonly lastStep: number;
  /** Keyed digest of the secret and of how steps are counted; tells without the secret whether used steps still count. */
  readonly secretDigest: string;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly periodSeconds: number;
}

/** What the configuration file says of a user's factors beside her tokens. */
export interface ImportedUser {
  readonly userId: UserId;
  readonly loginName: string;
  readonly sealedPhones: Uint8Array | undefined;
  readonly language: Language;
  readonly allowedMethods: readonly MethodName[] | undefined;
  readonly defaultMethod: MethodName | undefined;
  readonly modes: MethodModes;
}

/** The factors that come from the configuration file. */
export interface FileFactors {
  /** The import that is complete here, or undefined. */
  importedAs(): Promise<string | undefined>;
  /** Adds and changes tokens; a token whose secret stays keeps its used steps. */
  storeTokens(importId: string, tokens: readonly ImportedToken[]): Promise<void>;
  storeUsers(importId: string, users: readonly ImportedUser[]): Promise<void>;
  /** Removes what the import did not store and marks it as complete, in one step. */
  complete(importId: string): Promise<void>;
}
