import { randomBytes, randomUUID } from "node:crypto";
import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

/** A key's id takes four bytes in what it seals. */
const MAX_KEY_ID = 0xffff_ffff;
/** More than a rotation needs, and few enough to be read at a glance. */
const MAX_KEYS = 16;
/** Of the modes that a file may have, those that may stay: its owner's, and reading by a group that was given it. */
const KEPT_MODE = 0o640;

const Key = z.base64().refine((text) => Buffer.from(text, "base64").length === 32, "must be 32 bytes in base64");
const KeyId = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/)
  .refine((id) => Number(id) <= MAX_KEY_ID);
const Moment = z.iso.datetime();
const Times = z.strictObject({ added: Moment.optional(), activated: Moment.optional(), retired: Moment.optional() });

const KeyFileShape = z.strictObject({
  version: z.literal(1),
  active: z.int().min(1).max(MAX_KEY_ID),
  sealing: z.record(KeyId, Key).refine((keys) => Object.keys(keys).length <= MAX_KEYS, "has too many keys"),
  digest: Key,
  audit: Key,
  /** When what was done with each sealing key; absent for keys of a file that was never changed. */
  times: z.record(KeyId, Times).optional(),
});

/** A key file as it stands on the disk, with its secrets. */
export type KeyFile = z.infer<typeof KeyFileShape>;

/** Reads a key file. Throws with the file's name and what is wrong with it, never with a key. */
export function readKeyFile(path: string): KeyFile {
  const parsed = KeyFileShape.safeParse(parseJson(path));
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") || "its outermost object";
    throw new Error(`${path} is not a key file: ${where} is wrong.`);
  }
  const { active, sealing } = parsed.data;
  if (sealing[active] === undefined) {
    throw new Error(`${path} has no sealing key ${active}, which it names as the active one.`);
  }
  return parsed.data;
}

function parseJson(path: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not a key file: it is not JSON.`); // The parser's own words quote the text.
  }
}

const newKey = (): string => randomBytes(32).toString("base64");
const textOf = (content: KeyFile): string => `${JSON.stringify(content, null, 2)}\n`;

/** Writes a new key file (mode 0600); fails when there is one already. */
export function createKeyFile(path: string): void {
  const content: KeyFile = { version: 1, active: 1, sealing: { "1": newKey() }, digest: newKey(), audit: newKey() };
  writeFileSync(path, textOf(content), { mode: 0o600, flag: "wx" });
}

/** The file has changed since it was read, or is being changed. */
export class KeyFileBusy extends Error {
  override readonly name = "KeyFileBusy";
}

/**
 * Changes a key file: whoever reads it sees the old content or the new one, also after the power went. The file that a link
 * leads to is the one that changes; it keeps its owner, and its mode but for what others could do with it.
 * @param change gets what the file says now. What it throws leaves the file as it is.
 * Throws `KeyFileBusy` when somebody else changed it meanwhile.
 */
export function changeKeyFile(path: string, change: (now: KeyFile) => KeyFile): KeyFile {
  const real = realpathSync(path);
  const before = readFileSync(real);
  const next = change(readKeyFile(real));
  const { mode, uid, gid } = statSync(real);
  const draft = `${real}.${randomUUID()}.new`;
  try {
    writeDurably(draft, textOf(next), mode & KEPT_MODE);
    const own = statSync(draft);
    if (own.uid !== uid || own.gid !== gid) chownSync(draft, uid, gid);
    if (!readFileSync(real).equals(before)) throw new KeyFileBusy(`${path} was changed by somebody else just now.`);
    renameSync(draft, real);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(real));
  return next;
}

function writeDurably(path: string, text: string, mode: number): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeSync(file, text);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The rename itself must be there after the power went. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A key more, which opens and does not seal yet; its id is one above the highest that the file has or had. */
export function withNewKey(file: KeyFile, nowMs: number): KeyFile {
  const ids = [...Object.keys(file.sealing), ...Object.keys(file.times ?? {})].map(Number);
  const id = Math.max(...ids) + 1;
  if (id > MAX_KEY_ID) throw new Error("There is no key id left.");
  if (Object.keys(file.sealing).length >= MAX_KEYS) throw new Error(`A key ring has at most ${MAX_KEYS} keys.`);
  const times = { ...file.times, [id]: { added: isoOf(nowMs) } };
  return { ...file, sealing: { ...file.sealing, [id]: newKey() }, times };
}

/** From now on this key seals. The one that did until now is retired: it only opens. */
export function withActiveKey(file: KeyFile, id: number, nowMs: number): KeyFile {
  if (file.sealing[id] === undefined) throw new Error(`There is no key ${id}.`);
  if (file.active === id) return file;
  const at = isoOf(nowMs);
  const { retired: _again, ...own } = file.times?.[id] ?? {};
  const old = { ...file.times?.[file.active], retired: at };
  const times = { ...file.times, [file.active]: old, [id]: { ...own, activated: at } };
  return { ...file, active: id, times };
}

/** Without a key that is not the active one. Its times stay, so that its id is never given to another key. */
export function withoutKey(file: KeyFile, id: number): KeyFile {
  if (file.sealing[id] === undefined) throw new Error(`There is no key ${id}.`);
  if (file.active === id) throw new Error(`Key ${id} is the active one.`);
  const { [id]: _removed, ...sealing } = file.sealing;
  return { ...file, sealing, times: { ...file.times, [id]: { ...file.times?.[id] } } };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
