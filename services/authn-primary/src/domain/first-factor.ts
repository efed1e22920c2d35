import type { LoginContext, ResultCode, UserId } from "@portcullis/login";
import type { Account } from "./account.js";

/** One try at the first factor, as a target gets it. */
export interface Attempt {
  /** Undefined for a user whom we do not know. */
  readonly account: Account | undefined;
  /** UTF-8 as it was typed, may be empty; undefined when the request has none. */
  readonly password: Uint8Array | undefined;
}

/** How the first factor ended: no refusal means accepted. */
export interface FirstFactorDecision {
  readonly context: LoginContext;
  readonly refusal: ResultCode | undefined;
  /** Of a user whom we do not know, her user key. */
  readonly userId: UserId;
  readonly userKnown: boolean;
  /** Keyed digest of what proved the first factor; empty when nothing did. */
  readonly credentialDigest: string;
}
