import { MAX_USER_NAME_BYTES } from "@portcullis/login";
import { isPrintable, printable, textOf } from "./printable.js";

/** The name in a request. */
export interface UserName {
  /** As it was typed; of an unusable one what can be printed of it. */
  readonly text: string;
  /** Whether anybody may be looked up under it. */
  readonly usable: boolean;
}

/**
 * Reads User-Name. RFC 2865 section 5.1, RFC 5080: 1 to 253 octets of UTF-8 without control characters.
 * @param octets undefined when the request has none
 */
export function userNameOf(octets: Uint8Array | undefined): UserName {
  if (octets === undefined || octets.length === 0) return { text: "", usable: false };
  const text = octets.length <= MAX_USER_NAME_BYTES ? textOf(octets) : undefined;
  if (text !== undefined && isPrintable(text)) return { text, usable: true };
  return { text: printable(octets, MAX_USER_NAME_BYTES), usable: false };
}
