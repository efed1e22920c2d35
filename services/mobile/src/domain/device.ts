import type { UserId } from "@portcullis/login";

type Brand<Name extends string> = string & { readonly __brand: Name };

/** A device: 16 random bytes in lower-case hexadecimal. */
export type DeviceId = Brand<"DeviceId">;

/** The public half of a device's key, on the curve P-256: each coordinate is 32 bytes in base64url. */
export interface DeviceKey {
  readonly x: string;
  readonly y: string;
}

/** An activated authenticator app. */
export interface Device {
  readonly deviceId: DeviceId;
  readonly userId: UserId;
  /** Grows with each change that others are told about. */
  readonly generation: number;
  /** As the user gave it. */
  readonly name: string;
  readonly platform: string;
  readonly publicKey: DeviceKey;
  readonly active: boolean;
  /** Sealed for the device and its user; in clear only the device has it, and for a moment whoever checks a code. */
  readonly sealedOathSecret: Uint8Array;
  /** Where it wants to be woken, sealed for the device; nowhere when undefined. */
  readonly sealedSubscription: Uint8Array | undefined;
  readonly createdAtMs: number;
  /** When it called last, to the hour. */
  readonly seenAtMs: number;
}

/** A user as far as devices need to know her. */
export interface DeviceUser {
  readonly userId: UserId;
  /** As it is written in its source. */
  readonly name: string;
  readonly loginName: string;
  readonly enabled: boolean;
}

/** How often what a device's row says of its last call is written anew. */
export const SEEN_EVERY_MS = 3_600_000;
