import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface BenchUser {
  readonly name: string;
  readonly key: Buffer;
  /** The key in base32, 32 characters without padding. */
  readonly secret: string;
}

/** Users with a TOTP token each, in a file for the load generator; the servers under test get their own forms of it. */
export interface BenchUsers {
  readonly list: readonly BenchUser[];
  /** Lines of name, tabulator, secret. */
  readonly loadPath: string;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS_PER_CHARACTER = 5;

/** Makes users with keys of 20 octets, which are new in each benchmark. */
export function createUsers(folder: string, name: string, count: number): BenchUsers {
  const seed = randomBytes(16);
  const list = Array.from({ length: count }, (_, index): BenchUser => {
    const key = createHash("sha1").update(seed).update(`${name}${index}`).digest();
    return { name: `${name}${String(index).padStart(5, "0")}`, key, secret: base32(key) };
  });
  const loadPath = join(folder, `${name}.tsv`);
  writeFileSync(loadPath, list.map((user) => `${user.name}\t${user.secret}\n`).join(""), { mode: 0o600 });
  return { list, loadPath };
}

/** RFC 4648 section 6, for lengths that need no padding (multiples of five octets). */
function base32(octets: Uint8Array): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const octet of octets) {
    bits = ((bits << 8) | octet) & 0xfff;
    bitCount += 8;
    while (bitCount >= BITS_PER_CHARACTER) {
      bitCount -= BITS_PER_CHARACTER;
      text += ALPHABET[(bits >> bitCount) & 31];
    }
  }
  return text;
}
