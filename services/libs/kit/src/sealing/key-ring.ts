import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

/** The keys of one installation: sealing keys by id (the active one seals, all of them open), and keys of digests. */
export interface KeyRing {
  readonly active: number;
  readonly sealing: ReadonlyMap<number, KeyObject>;
  /** For keyed digests (user key, credential, answer). Does not rotate with the ring. */
  readonly digest: KeyObject;
  /** For the audit's chain. */
  readonly audit: KeyObject;
}

/** A key's id takes four bytes in what it seals. */
const MAX_KEY_ID = 0xffff_ffff;
const Key = z.base64().refine((text) => Buffer.from(text, "base64").length === 32, "must be 32 bytes in base64");
const KeyFile = z.strictObject({
  version: z.literal(1),
  active: z.int().min(1).max(MAX_KEY_ID),
  sealing: z.record(
    z
      .string()
      .regex(/^[1-9][0-9]{0,9}$/)
      .refine((id) => Number(id) <= MAX_KEY_ID),
    Key,
  ),
  digest: Key,
  audit: Key,
});

const keyOf = (base64: string): KeyObject => createSecretKey(Buffer.from(base64, "base64"));

/** Reads a key file. Throws with the file's name and what is wrong with it, never with a key. */
export function readKeyRing(path: string): KeyRing {
  const parsed = KeyFile.safeParse(parseJson(path));
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") || "its outermost object";
    throw new Error(`${path} is not a key file: ${where} is wrong.`);
  }
  const { active, sealing, digest, audit } = parsed.data;
  const keys = new Map(Object.entries(sealing).map(([id, key]) => [Number(id), keyOf(key)]));
  if (!keys.has(active)) throw new Error(`${path} has no sealing key ${active}, which it names as the active one.`);
  return { active, sealing: keys, digest: keyOf(digest), audit: keyOf(audit) };
}

function parseJson(path: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not a key file: it is not JSON.`); // The parser's own words quote the text.
  }
}

/** Writes a new key file (mode 0600); fails when there is one already. */
export function createKeyFile(path: string): void {
  const key = (): string => randomBytes(32).toString("base64");
  const content = { version: 1, active: 1, sealing: { "1": key() }, digest: key(), audit: key() };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: "wx" });
}
