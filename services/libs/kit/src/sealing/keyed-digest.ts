import { createHmac, type KeyObject } from "node:crypto";

/** Keyed digests of 16 bytes, each purpose apart from the others: HMAC-SHA256(key, purpose, 0x00, parts with their lengths). */
export class KeyedDigest {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** @returns 32 characters of lower-case hexadecimal. */
  hex(purpose: string, ...parts: readonly (string | Uint8Array)[]): string {
    if (purpose.includes("\0")) throw new RangeError("A purpose has no NUL: it ends at the first.");
    const mac = createHmac("sha256", this.#key);
    mac.update(`${purpose}\0`);
    const length = Buffer.allocUnsafe(4);
    for (const part of parts) {
      const bytes = typeof part === "string" ? Buffer.from(part) : part;
      length.writeUInt32BE(bytes.length);
      mac.update(length).update(bytes);
    }
    return mac.digest("hex").slice(0, 32);
  }
}
