import { createHash } from "node:crypto";

/** Octets of a salted value, RFC 2868 section 3.5, made with node:crypto and not with the code under test. */
export function saltedBody(parts: {
  readonly secret: string;
  readonly authenticator: Uint8Array;
  readonly salt: Uint8Array;
  /** Length octet, value and padding, as they stand before they are hidden. */
  readonly plain: Uint8Array;
}): Buffer {
  const blocks = [Buffer.from(parts.salt)];
  let chain = Buffer.concat([parts.authenticator, parts.salt]);
  for (let at = 0; at < parts.plain.length; at += 16) {
    const mask = createHash("md5").update(parts.secret).update(chain).digest();
    const block = Buffer.from(parts.plain.subarray(at, at + 16)).map((octet, index) => octet ^ (mask[index] ?? 0));
    chain = Buffer.from(block);
    blocks.push(chain);
  }
  return Buffer.concat(blocks);
}
