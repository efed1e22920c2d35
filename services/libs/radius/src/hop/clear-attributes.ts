import { type Malformed, malformed } from "../malformed.js";
import { type Attribute, MAX_ATTRIBUTES, MAX_VALUE_BYTES } from "../packet.js";

/** The most attributes of a list in clear: those of a packet, and as many that we add. */
const MAX_CLEAR_ATTRIBUTES = 2 * MAX_ATTRIBUTES;

/**
 * Reads attributes that stand behind each other as in a packet: type (1), length (1, from 2, itself included), value.
 * @returns views of the octets, in order; Malformed when the lengths do not end exactly at the end
 */
export function attributesOf(octets: Uint8Array): readonly Attribute[] | Malformed {
  const found: Attribute[] = [];
  for (let at = 0; at < octets.length; ) {
    const type = octets[at] as number;
    const length = octets[at + 1];
    if (type === 0) {
      return malformed("attribute-type-zero");
    }
    if (length === undefined || at + length > octets.length) {
      return malformed("attribute-overrun");
    }
    if (length < 2) {
      return malformed("attribute-length");
    }
    if (found.length === MAX_CLEAR_ATTRIBUTES) {
      return malformed("too-many-attributes");
    }
    found.push({ type, value: octets.subarray(at + 2, at + length) });
    at += length;
  }
  return found;
}

/**
 * Puts attributes behind each other as in a packet; the opposite of {@link attributesOf}.
 * @throws RangeError for an attribute that cannot be, which is a bug of the caller
 */
export function octetsOf(attributes: readonly Attribute[]): Uint8Array {
  const octets = new Uint8Array(attributes.reduce((sum, { value }) => sum + 2 + value.length, 0));
  let at = 0;
  for (const { type, value } of attributes) {
    if (!Number.isInteger(type) || type < 1 || type > 255 || value.length > MAX_VALUE_BYTES) {
      throw new RangeError(`attribute ${type} with ${value.length} octets cannot be`);
    }
    octets[at] = type;
    octets[at + 1] = value.length + 2;
    octets.set(value, at + 2);
    at += 2 + value.length;
  }
  return octets;
}
