import { createHash, timingSafeEqual } from "node:crypto";
import type { DeviceId } from "./device.js";

/** What a device has signed about one call of its own. */
export interface DeviceProof {
  readonly deviceId: DeviceId;
  readonly issuedAtMs: number;
  /** 16 random bytes in base64url: no two calls have the same. */
  readonly nonce: string;
  readonly method: string;
  /** From `/device/` on, with the query. */
  readonly path: string;
  /** SHA-256 of the body, in base64url. */
  readonly bodyDigest: string;
}

/** The call that came with it. */
export interface SignedCall {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/** How far a device's clock may be off, either way. */
export const FRESH_MS = 60_000;
/** For as long as a proof may be fresh, it must be remembered. */
export const REMEMBER_PROOF_MS = 2 * FRESH_MS + 1_000;

/**
 * Whether a proof, whose signature was right, is for this call and for now.
 * @returns undefined when it is
 */
export function refusalOf(proof: DeviceProof, call: SignedCall, nowMs: number): "wrong" | "stale" | undefined {
  const isForCall = proof.method === call.method && proof.path === call.path && isDigestOf(proof.bodyDigest, call.body);
  if (!isForCall) return "wrong";
  return Math.abs(nowMs - proof.issuedAtMs) <= FRESH_MS ? undefined : "stale";
}

function isDigestOf(digest: string, body: Uint8Array): boolean {
  const given = Buffer.from(digest, "base64url");
  const real = createHash("sha256").update(body).digest();
  return given.length === real.length && timingSafeEqual(given, real);
}
