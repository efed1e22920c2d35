import type { UserId } from "@portcullis/login";

/** Where a user comes from; each source changes and removes its own users only. */
export type UserSource = "file";

/** A user as her source describes her. */
export interface SourceUser {
  readonly userId: UserId;
  /** As it is written in the source. */
  readonly name: string;
  /** What logins find her by; unique. */
  readonly loginName: string;
  readonly enabled: boolean;
  /** Groups she is in, in canonical form: each once, sorted. */
  readonly groups: readonly string[];
}

/** A user as we keep her. */
export interface KeptUser extends SourceUser {
  /** Grows with each change. */
  readonly generation: number;
  /** Gone from her source. She stays on record, so that her generation goes on when she comes back. */
  readonly removed: boolean;
}
