import { isIPv4 } from "node:net";
import { AttributeType } from "./attributes.js";
import { type Attribute, MAX_VALUE_BYTES } from "./packet.js";
import { VENDOR_ID_BYTES } from "./vendor-attribute.js";

const encoder = new TextEncoder();

/**
 * An attribute of raw octets.
 * @throws RangeError when the type is not 1 to 255 or the value is longer than 253 octets
 */
export function octetsAttribute(type: number, value: Uint8Array): Attribute {
  if (!Number.isInteger(type) || type < 1 || type > 255) {
    throw new RangeError(`an attribute type is 1 to 255, not ${type}`);
  }
  if (value.length > MAX_VALUE_BYTES) {
    throw new RangeError(`attribute ${type} has at most ${MAX_VALUE_BYTES} octets, not ${value.length}`);
  }
  return { type, value };
}

/**
 * Text as one attribute or, beyond 253 octets, as several in order, each of them whole UTF-8. RFC 2865 section 5.18 lets
 * Reply-Message be joined again; for other types give at most 253 octets.
 * @returns no attribute for empty text, RFC 2865 section 5
 */
export function textAttribute(type: number, text: string): readonly Attribute[] {
  const octets = encoder.encode(text);
  const parts: Attribute[] = [];
  for (let at = 0; at < octets.length; ) {
    const end = characterBoundary(octets, Math.min(at + MAX_VALUE_BYTES, octets.length));
    parts.push(octetsAttribute(type, octets.subarray(at, end)));
    at = end;
  }
  return parts;
}

/** The last place at or before `end` where no UTF-8 sequence is cut. */
function characterBoundary(octets: Uint8Array, end: number): number {
  let boundary = end;
  while (boundary < octets.length && ((octets[boundary] as number) & 0xc0) === 0x80) {
    boundary--;
  }
  return boundary;
}

/**
 * A 32-bit unsigned number, most significant octet first. RFC 2865 section 5.
 * @throws RangeError when it is none
 */
export function integerAttribute(type: number, value: number): Attribute {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(`attribute ${type} is 0 to 4294967295, not ${value}`);
  }
  return octetsAttribute(type, Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}

/**
 * An IPv4 address given as dotted decimals.
 * @throws RangeError when it is none
 */
export function ipv4Attribute(type: number, address: string): Attribute {
  if (!isIPv4(address)) {
    throw new RangeError(`attribute ${type} is an IPv4 address`);
  }
  return octetsAttribute(type, Uint8Array.from(address.split("."), Number));
}

/**
 * A Vendor-Specific with one vendor attribute in it. RFC 2865 section 5.26.
 * @throws RangeError when a number is out of range or the value is longer than 247 octets
 */
export function vendorAttribute(vendorId: number, vendorType: number, value: Uint8Array): Attribute {
  if (!Number.isInteger(vendorId) || vendorId < 0 || vendorId > 0xffffffff) {
    throw new RangeError(`a vendor number is 0 to 4294967295, not ${vendorId}`);
  }
  if (!Number.isInteger(vendorType) || vendorType < 0 || vendorType > 255) {
    throw new RangeError(`a vendor type is 0 to 255, not ${vendorType}`);
  }
  const whole = new Uint8Array(VENDOR_ID_BYTES + 2 + value.length);
  whole.set([vendorId >>> 24, vendorId >>> 16, vendorId >>> 8, vendorId, vendorType, value.length + 2]);
  whole.set(value, VENDOR_ID_BYTES + 2);
  return octetsAttribute(AttributeType.VendorSpecific, whole);
}

/**
 * State. RFC 2865 section 5.24.
 * @throws RangeError when it is empty or longer than 253 octets
 */
export function stateAttribute(value: Uint8Array): Attribute {
  return notEmpty(AttributeType.State, value);
}

/**
 * Proxy-State, for a request that we forward. RFC 2865 section 5.33. Replies get theirs from the request.
 * @throws RangeError when it is empty or longer than 253 octets
 */
export function proxyStateAttribute(value: Uint8Array): Attribute {
  return notEmpty(AttributeType.ProxyState, value);
}

function notEmpty(type: number, value: Uint8Array): Attribute {
  if (value.length === 0) {
    throw new RangeError(`attribute ${type} has 1 to ${MAX_VALUE_BYTES} octets, not 0`);
  }
  return octetsAttribute(type, value);
}

/**
 * An EAP packet as EAP-Message attributes of at most 253 octets in order. RFC 3579 section 3.1.
 * @returns one empty attribute (EAP-Start) for an empty packet
 */
export function eapMessageAttributes(eapPacket: Uint8Array): readonly Attribute[] {
  const parts: Attribute[] = [];
  for (let at = 0; at < eapPacket.length || at === 0; at += MAX_VALUE_BYTES) {
    parts.push(octetsAttribute(AttributeType.EapMessage, eapPacket.subarray(at, at + MAX_VALUE_BYTES)));
  }
  return parts;
}
