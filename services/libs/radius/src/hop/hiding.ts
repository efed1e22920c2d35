import { type Malformed, malformed } from "../malformed.js";
import { DIGEST, MD5_BYTES, workspace } from "../md5.js";
import { AUTHENTICATOR_BYTES } from "../packet.js";
import type { SharedSecret } from "../shared-secret.js";
import type { Hiding } from "./hidden-attributes.js";

/** The two ends of one hop as far as hiding goes. */
export interface Hop {
  readonly secret: SharedSecret;
  /** The 16 octets of the request, also for what its reply holds. */
  readonly requestAuthenticator: Uint8Array;
}

const SALT_BYTES = 2;
const LENGTH_BYTES = 1;
const TAG_BYTES = 1;

/** Request Authenticator and salt, which start the chain of a salted value. */
const start = new Uint8Array(AUTHENTICATOR_BYTES + SALT_BYTES);

/**
 * Recovers a hidden value; see {@link Hiding}.
 * @returns the value in octets of its own; a tag stays in front, and nothing is cut off but what the length octet of a
 *   salted value says is padding, whatever the padding holds. An `ascend` value that is not 16 octets long is none and
 *   comes back as it is.
 * Malformed when a length cannot be. A wrong shared secret is seen by the length octet at best, and else yields noise.
 */
export function reveal(hidden: Uint8Array, hiding: Hiding, hop: Hop): Uint8Array | Malformed {
  switch (hiding) {
    case "password":
      return isBlocks(hidden) ? chained(hidden, hop, "reveal") : malformed("hidden-length");
    case "salted":
      return revealSalted(hidden, 0, hop);
    case "tagged-salted":
      return revealSalted(hidden, TAG_BYTES, hop);
    case "ascend":
      return ascend(hidden, hop);
    default:
      return hiding satisfies never;
  }
}

export interface HideOptions extends Hop {
  /** 16 bits for a salted value, the highest one set, different for each value of a packet. RFC 2868 section 3.5. */
  readonly salt: number;
  /** The most octets that the hidden value may have. */
  readonly roomBytes: number;
}

/**
 * Hides a value; the opposite of {@link reveal}. A salted one is padded with NULs to blocks of 16, but to no more than there
 * is room for: servers do the same for values of more than 239 octets.
 * @returns octets of their own; Malformed when the value does not fit or its length cannot be
 */
export function hide(clear: Uint8Array, hiding: Hiding, options: HideOptions): Uint8Array | Malformed {
  switch (hiding) {
    case "password":
      return isBlocks(clear) ? chained(clear, options, "hide") : malformed("hidden-length");
    case "salted":
      return hideSalted(clear, 0, options);
    case "tagged-salted":
      return hideSalted(clear, TAG_BYTES, options);
    case "ascend":
      return ascend(clear, options);
    default:
      return hiding satisfies never;
  }
}

function isBlocks(value: Uint8Array): boolean {
  return value.length > 0 && value.length % MD5_BYTES === 0;
}

/** c(1) = p(1) xor MD5(secret, Request Authenticator); c(i) = p(i) xor MD5(secret, c(i-1)). RFC 2865 section 5.2. */
function chained(value: Uint8Array, { secret, requestAuthenticator }: Hop, way: "hide" | "reveal"): Uint8Array {
  const result = new Uint8Array(value.length);
  secret.digestSecretThen(requestAuthenticator, 0);
  maskBlocks(value, result, secret, way);
  return result;
}

/** Salt (2), then as in `chained`, started by MD5(secret, Request Authenticator, salt): length (1), value, padding. */
function revealSalted(hidden: Uint8Array, tagBytes: number, { secret, requestAuthenticator }: Hop) {
  const saltAt = tagBytes + SALT_BYTES;
  if (hidden.length < saltAt + LENGTH_BYTES) {
    return malformed("hidden-length");
  }
  const body = hidden.subarray(saltAt);
  const plain = new Uint8Array(body.length);
  startSalted(secret, requestAuthenticator, hidden[tagBytes] as number, hidden[tagBytes + 1] as number);
  maskBlocks(body, plain, secret, "reveal");
  const end = LENGTH_BYTES + (plain[0] as number);
  if (end > plain.length) {
    return malformed("hidden-length");
  }
  const clear = new Uint8Array(tagBytes + end - LENGTH_BYTES);
  clear.set(hidden.subarray(0, tagBytes));
  clear.set(plain.subarray(LENGTH_BYTES, end), tagBytes);
  return clear;
}

function hideSalted(clear: Uint8Array, tagBytes: number, options: HideOptions): Uint8Array | Malformed {
  const { secret, requestAuthenticator, salt, roomBytes } = options;
  const saltAt = tagBytes + SALT_BYTES;
  const needed = LENGTH_BYTES + clear.length - tagBytes;
  const bodyBytes = Math.min(Math.ceil(needed / MD5_BYTES) * MD5_BYTES, roomBytes - saltAt);
  if (clear.length < tagBytes || needed > bodyBytes) {
    return malformed("hidden-length");
  }
  const plain = new Uint8Array(bodyBytes);
  plain[0] = needed - LENGTH_BYTES;
  plain.set(clear.subarray(tagBytes), LENGTH_BYTES);
  const hidden = new Uint8Array(saltAt + bodyBytes);
  hidden.set(clear.subarray(0, tagBytes));
  hidden[tagBytes] = salt >> 8;
  hidden[tagBytes + 1] = salt;
  startSalted(secret, requestAuthenticator, salt >> 8, salt & 0xff);
  maskBlocks(plain, hidden.subarray(saltAt), secret, "hide");
  return hidden;
}

function startSalted(secret: SharedSecret, requestAuthenticator: Uint8Array, high: number, low: number): void {
  start.set(requestAuthenticator);
  start[AUTHENTICATOR_BYTES] = high;
  start[AUTHENTICATOR_BYTES + 1] = low;
  secret.digestSecretThen(start, 0, start.length);
}

/** The mask of the first block is at `DIGEST` already; those of the others come from the hidden block before. */
function maskBlocks(from: Uint8Array, to: Uint8Array, secret: SharedSecret, way: "hide" | "reveal"): void {
  const hidden = way === "hide" ? to : from;
  for (let at = 0; at < from.length; at += MD5_BYTES) {
    if (at > 0) {
      secret.digestSecretThen(hidden, at - MD5_BYTES);
    }
    const end = Math.min(at + MD5_BYTES, from.length);
    for (let index = at; index < end; index++) {
      to[index] = (from[index] as number) ^ (workspace[DIGEST + index - at] as number);
    }
  }
}

/** The same in both directions. */
function ascend(value: Uint8Array, { secret, requestAuthenticator }: Hop): Uint8Array {
  if (value.length !== MD5_BYTES) {
    return Uint8Array.from(value);
  }
  workspace.set(requestAuthenticator);
  secret.digestWorkspaceThenSecret(AUTHENTICATOR_BYTES);
  return value.map((octet, index) => octet ^ (workspace[DIGEST + index] as number));
}
