import { type Malformed, malformed } from "./malformed.js";
import { DIGEST, MD5_BYTES, workspace } from "./md5.js";
import { AUTHENTICATOR_BYTES } from "./packet.js";
import type { SharedSecret } from "./shared-secret.js";

/** The longest hidden password, in octets. RFC 2865 section 5.2. */
export const MAX_PASSWORD_BYTES = 128;

/**
 * Hides a password as User-Password. RFC 2865 section 5.2:
 *
 *     c(1) = p(1) xor MD5(secret, Request Authenticator); c(i) = p(i) xor MD5(secret, c(i-1)); p padded with NULs
 *
 * @param password 0 to 128 octets; an empty one becomes 16 hidden NULs. NULs at its end cannot be told from padding.
 * @param requestAuthenticator exactly 16 octets, of the same Access-Request
 * @returns 16 to 128 octets, a multiple of 16; Malformed when the password is longer
 */
export function encryptUserPassword(
  password: Uint8Array,
  secret: SharedSecret,
  requestAuthenticator: Uint8Array,
): Uint8Array | Malformed {
  assertAuthenticator(requestAuthenticator);
  if (password.length > MAX_PASSWORD_BYTES) {
    return malformed("user-password-length");
  }
  const hidden = new Uint8Array(Math.max(MD5_BYTES, Math.ceil(password.length / MD5_BYTES) * MD5_BYTES));
  hidden.set(password);
  for (let at = 0; at < hidden.length; at += MD5_BYTES) {
    maskFrom(secret, at === 0 ? requestAuthenticator : hidden, Math.max(0, at - MD5_BYTES));
    applyMask(hidden, at, hidden, at);
  }
  return hidden;
}

/**
 * Recovers a password from User-Password. RFC 2865 section 5.2.
 * @param hidden 16 to 128 octets, a multiple of 16
 * @param requestAuthenticator exactly 16 octets, of the same Access-Request
 * @returns the octets without the NULs at their end, in memory of their own; may be empty
 * Malformed when the length is wrong. A wrong shared secret cannot be seen here and yields noise.
 */
export function decryptUserPassword(
  hidden: Uint8Array,
  secret: SharedSecret,
  requestAuthenticator: Uint8Array,
): Uint8Array | Malformed {
  assertAuthenticator(requestAuthenticator);
  const length = hidden.length;
  if (length === 0 || length > MAX_PASSWORD_BYTES || length % MD5_BYTES !== 0) {
    return malformed("user-password-length");
  }
  const clear = new Uint8Array(length);
  for (let at = 0; at < length; at += MD5_BYTES) {
    maskFrom(secret, at === 0 ? requestAuthenticator : hidden, Math.max(0, at - MD5_BYTES));
    applyMask(hidden, at, clear, at);
  }
  let end = length;
  while (end > 0 && clear[end - 1] === 0) {
    end--;
  }
  return end === length ? clear : clear.subarray(0, end);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads octets as UTF-8 without mending anything; a byte order mark stays.
 * @returns undefined when they are no UTF-8. In a password without Message-Authenticator that is the usual sign of a wrong
 *   shared secret.
 */
export function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch (error) {
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function maskFrom(secret: SharedSecret, chain: Uint8Array, chainAt: number): void {
  secret.digestSecretThen(chain, chainAt);
}

function applyMask(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number): void {
  for (let index = 0; index < MD5_BYTES; index++) {
    to[toAt + index] = (from[fromAt + index] as number) ^ (workspace[DIGEST + index] as number);
  }
}

function assertAuthenticator(requestAuthenticator: Uint8Array): void {
  if (requestAuthenticator.length !== AUTHENTICATOR_BYTES) {
    throw new RangeError(`a Request Authenticator has 16 octets, not ${requestAuthenticator.length}`);
  }
}
