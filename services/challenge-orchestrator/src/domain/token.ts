import type { AnswerId, UserId } from "@portcullis/login";
import type { TokenUse } from "./code-verdict.js";
import type { TotpAlgorithm } from "./totp.js";

/** A user's token as it is stored. */
export interface Token extends TokenUse {
  readonly serial: string;
  /** Sealed for `tokenSecretPlace`. */
  readonly sealedSecret: Uint8Array;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly periodSeconds: number;
}

/** What the second factor of a user is made of. */
export interface UserFactors {
  /** A user of whom there is no copy here yet is enabled: authn-primary, who has one, let her pass. */
  readonly enabled: boolean;
  /** Groups that the user is in, as the rules for reply attributes name them; none while there is no copy. */
  readonly groups: readonly string[];
  readonly tokens: readonly Token[];
}

/** An answer that wants a step of a token for itself. */
export interface StepUse {
  readonly serial: string;
  readonly step: number;
  readonly answerId: AnswerId;
}

/** Associated data of a sealed token secret, so that it can't be moved to another token, nor the token to another user. */
export const tokenSecretPlace = (serial: string, userId: UserId): string => `token/${userId}/${serial}`;
