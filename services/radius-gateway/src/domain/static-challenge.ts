import type { TypedPassword } from "./appended-code.js";

const PREFIX = Buffer.from("SCRV1:");
/** No token has longer codes, even with what people write in between. */
const MAX_RESPONSE_BYTES = 32;

/**
 * Reads what OpenVPN's `static-challenge` makes of a password and the response to its question:
 *
 *     SCRV1:  base64 of the password  :  base64 of the response
 *
 * The base64 is the one of RFC 4648 section 4, padded, and nothing that decodes to the same. An empty response is none.
 * @returns "none" for what does not begin so, a password as it is; "malformed" for what begins so and is something else
 */
export function readStaticChallenge(typed: Uint8Array): TypedPassword | "none" | "malformed" {
  const octets = Buffer.from(typed.buffer, typed.byteOffset, typed.length);
  if (!octets.subarray(0, PREFIX.length).equals(PREFIX)) return "none";
  const [first, second, ...more] = octets.toString("latin1", PREFIX.length).split(":");
  if (first === undefined || second === undefined || more.length > 0) return "malformed";
  const password = decodeStrictly(first);
  const response = decodeStrictly(second);
  if (password === undefined || response === undefined) return "malformed";
  if (response.length > MAX_RESPONSE_BYTES) return "malformed";
  return { password, code: response.length > 0 ? response : undefined };
}

function decodeStrictly(base64: string): Uint8Array | undefined {
  const decoded = Buffer.from(base64, "base64");
  return decoded.toString("base64") === base64 ? decoded : undefined;
}
