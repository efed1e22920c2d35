const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS_PER_LETTER = 5;

/** Bits left over by a text whose last letter adds no byte: 1, 3 or 6 letters after the last full group. RFC 4648 section 6. */
const IMPOSSIBLE_REMAINDERS: readonly number[] = [1, 3, 6];

/** Upper case, without spaces and padding; undefined when it is not base32. Empty text is base32 of nothing. */
export function canonicalBase32(text: string): string | undefined {
  const letters = text.replace(/\s+/g, "").replace(/=+$/, "").toUpperCase();
  if (!/^[A-Z2-7]*$/.test(letters)) return undefined;
  return IMPOSSIBLE_REMAINDERS.includes(letters.length % 8) ? undefined : letters;
}

/** How many bytes a canonical base32 text decodes to. */
export function base32LengthBytes(canonical: string): number {
  return Math.floor((canonical.length * BITS_PER_LETTER) / 8);
}

/**
 * Decodes base32 (RFC 4648 section 6) as people write it: any case, with spaces, with or without padding.
 * Bits beyond the last whole byte are dropped, as authenticator apps do.
 * @returns undefined when the text is not base32
 */
export function decodeBase32(text: string): Uint8Array | undefined {
  const letters = canonicalBase32(text);
  if (letters === undefined) return undefined;
  const bytes = new Uint8Array(base32LengthBytes(letters));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const letter of letters) {
    buffer = ((buffer << BITS_PER_LETTER) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += BITS_PER_LETTER;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = buffer >>> bits;
    }
  }
  return bytes;
}

/** Base32 (RFC 4648 section 6) in upper case and without padding, as `canonicalBase32` gives it. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= BITS_PER_LETTER) {
      bits -= BITS_PER_LETTER;
      text += ALPHABET.charAt((buffer >>> bits) & 0x1f);
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((buffer << (BITS_PER_LETTER - bits)) & 0x1f);
}
