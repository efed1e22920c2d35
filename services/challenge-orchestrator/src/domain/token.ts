import type { AnswerId, UserId } from "@portcullis/login";
import type { TokenUse } from "./code-verdict.js";
import type { TotpAlgorithm } from "./totp.js";

/** A user's token as it is stored. */
export interface Token extends TokenUse {
  readonly serial: string;
  /** Sealed for `tokenSecretPlace`. */
  readonly sealedSecret: Uint8Array;
  /** Whether its steps are periods of time (RFC 6238) or counted by a button (RFC 4226). */
  readonly type: "totp" | "hotp";
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  /** Of TOTP: 30 or 60. */
  readonly periodSeconds: number;
  /** Of TOTP: by how many steps its clock seems to be ahead of ours; rarely a whole number. */
  readonly driftSteps: number;
}

/** An answer that wants a step of a token for itself. */
export interface StepUse {
  readonly serial: string;
  readonly step: number;
  readonly answerId: AnswerId;
  /** What the token's drift is taken for from then on. */
  readonly driftSteps: number;
}

/** Associated data of a sealed token secret, so that it can't be moved to another token, nor the token to another user. */
export const tokenSecretPlace = (serial: string, userId: UserId): string => `token/${userId}/${serial}`;

/** The serial of the token that a device is. Where a token came from says whether it is one: a file may name its own alike. */
export const deviceSerial = (deviceId: string): string => `app:${deviceId}`;
