const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Control characters, and what breaks a line. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;

/** @returns the text, or undefined when the octets are no UTF-8; nothing is mended. */
export function textOf(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}

export function isPrintable(text: string): boolean {
  return text.search(UNPRINTABLE) === -1;
}

/**
 * What anybody sent, for a log, an event or a person: control characters, and every octet beyond ASCII where it is no
 * UTF-8, as `\x1b`; cut to `maxBytes` of UTF-8 between two characters.
 */
export function printable(octets: Uint8Array, maxBytes: number): string {
  const text =
    textOf(octets) ??
    Buffer.from(octets)
      .toString("latin1")
      .replaceAll(/[^ -~]/g, escaped);
  return cut(isPrintable(text) ? text : text.replaceAll(UNPRINTABLE, escaped), maxBytes);
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, "0")}`;
}

function cut(text: string, maxBytes: number): string {
  const octets = encoder.encode(text);
  if (octets.length <= maxBytes) return text;
  let end = maxBytes;
  while (((octets[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(octets.subarray(0, end));
}
