import type { UserId } from "@portcullis/login";

/** What the first factor needs to know of a user whom we know. */
export interface Account {
  readonly userId: UserId;
  readonly enabled: boolean;
  /** argon2id in PHC form; undefined for a user without a password of ours. */
  readonly passwordHash: string | undefined;
}

/** Our copy of a user of directory-sync. */
export interface UserCopy {
  readonly userId: UserId;
  readonly loginName: string;
  readonly enabled: boolean;
  /** A copy with the same or an older one than ours changes nothing. */
  readonly generation: number;
}

/** User-Password carries no more, RFC 2865 section 5.2. Longer ones are never right. */
export const MAX_PASSWORD_BYTES = 128;
