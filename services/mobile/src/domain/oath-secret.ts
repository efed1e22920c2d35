import type { Random } from "@portcullis/kit";

/** As long as the result of SHA-1. RFC 4226 section 4, R6. */
const SECRET_BYTES = 20;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS_PER_LETTER = 5;

/** What the codes of a device are made with: TOTP (RFC 6238), SHA-1, these digits, this period. */
export const OATH = { digits: 6, periodSeconds: 30 } as const;

/** A copy of its own: it is wiped after use, and the pool that it comes from is not. */
export function makeOathSecret(random: Random): Buffer {
  return Buffer.from(random.bytes(SECRET_BYTES));
}

/** Base32 without padding. RFC 4648 section 6. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= BITS_PER_LETTER) {
      bits -= BITS_PER_LETTER;
      text += ALPHABET[(buffer >>> bits) & 31];
    }
  }
  return bits === 0 ? text : text + ALPHABET[(buffer << (BITS_PER_LETTER - bits)) & 31];
}
