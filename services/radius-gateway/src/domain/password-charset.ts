import { isPrintable, textOf } from "./printable.js";

/** What a client writes passwords in that are no UTF-8; `utf-8` says that there are none. */
export type PasswordCharset = "utf-8" | "latin1" | "windows-1252";

/** `latin1` is not what it is for TextDecoder, which reads it as windows-1252 (WHATWG Encoding section 4.2). */
const windows1252 = new TextDecoder("windows-1252");

/** A password as the octets of UTF-8. One that is UTF-8, and one of a client that has no other charset, stays as it is. */
export function utf8PasswordOf(password: Uint8Array, charset: PasswordCharset = "utf-8"): Uint8Array {
  if (charset === "utf-8" || textOf(password) !== undefined) return password;
  return Buffer.from(decode(password, charset), "utf8");
}

/**
 * Whether octets can be a text in the client's charset, so that a password under an unproven secret is no noise: without
 * control characters. Of 16 octets of noise 1 in 100 looks like latin1, 1 in 13 like windows-1252.
 */
export function isTextIn(octets: Uint8Array, charset: PasswordCharset = "utf-8"): boolean {
  const text = charset === "utf-8" ? textOf(octets) : decode(octets, charset);
  return text !== undefined && isPrintable(text);
}

function decode(octets: Uint8Array, charset: Exclude<PasswordCharset, "utf-8">): string {
  return charset === "latin1" ? Buffer.from(octets).toString("latin1") : windows1252.decode(octets);
}
