import type { KeyedDigest, Sealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type Token, tokenSecretPlace } from "../domain/token.js";
import type { TotpAlgorithm } from "../domain/totp.js";
import type { ImportedToken } from "./factor-ports.js";

/** A token as somebody brings it. */
interface BroughtToken {
  readonly serial: string;
  readonly type: Token["type"];
  readonly secret: Uint8Array;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly periodSeconds: number;
  /** hotp: of the next code. */
  readonly counter: number;
}

/** The token of a user, ready to be stored. */
export function sealedToken(
  { sealer, digest }: { readonly sealer: Sealer; readonly digest: KeyedDigest },
  { secret, counter, ...token }: BroughtToken,
  userId: UserId,
): ImportedToken {
  const { serial, type, algorithm, periodSeconds } = token;
  // How steps are counted: a token that is counted otherwise from now on has used none of them.
  const counted = type === "totp" ? String(periodSeconds) : type;
  return {
    ...token,
    userId,
    lastStep: type === "totp" ? -1 : counter - 1,
    sealedSecret: sealer.seal(secret, tokenSecretPlace(serial, userId)),
    secretDigest: digest.hex("token-secret", userId, secret, algorithm, counted),
  };
}
