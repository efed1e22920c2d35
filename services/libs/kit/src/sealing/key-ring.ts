import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { readKeyFile } from "./key-file.js";

/** The keys of one installation: sealing keys by id (the active one seals, all of them open), and keys of digests. */
export interface KeyRing {
  readonly active: number;
  readonly sealing: ReadonlyMap<number, KeyObject>;
  /** For keyed digests (user key, credential, answer). Does not rotate with the ring. */
  readonly digest: KeyObject;
  /** For the audit's chain. */
  readonly audit: KeyObject;
}

const keyOf = (base64: string): KeyObject => createSecretKey(Buffer.from(base64, "base64"));

/** Reads a key file. Throws with the file's name and what is wrong with it, never with a key. */
export function readKeyRing(path: string): KeyRing {
  const { active, sealing, digest, audit } = readKeyFile(path);
  const keys = new Map(Object.entries(sealing).map(([id, key]) => [Number(id), keyOf(key)]));
  return { active, sealing: keys, digest: keyOf(digest), audit: keyOf(audit) };
}

/** Tells keys apart without giving them away: 16 characters of lower-case hexadecimal. */
export function fingerprintOf(key: KeyObject): string {
  return createHmac("sha256", key).update("portcullis key fingerprint v1").digest("hex").slice(0, 16);
}

/**
 * Why a process must not go over from one ring to another; nothing when it may. Digests and the audit's chain stand on keys
 * that do not rotate, and a key that stands under another's id would open nothing of what that one sealed.
 */
export function whyNotAfter(before: KeyRing, after: KeyRing): string | undefined {
  if (!before.digest.equals(after.digest)) return "it has another digest key";
  if (!before.audit.equals(after.audit)) return "it has another audit key";
  for (const [id, key] of after.sealing) {
    if (before.sealing.get(id)?.equals(key) === false) return `it has another key ${id}`;
  }
  return undefined;
}
