import { AttributeType } from "./attributes.js";
import { type Malformed, type MalformedReason, malformed } from "./malformed.js";
import { type OpaqueVendorAttribute, type VendorAttribute, vendorAttributesOf } from "./vendor-attribute.js";

/** Octets of Code, Identifier, Length and Authenticator. RFC 2865 section 3. */
export const HEADER_BYTES = 20;
/** Octets of a Request or Response Authenticator. */
export const AUTHENTICATOR_BYTES = 16;
/** Where the Authenticator starts. */
export const AUTHENTICATOR_AT = 4;
/** The longest packet, RFC 2865 section 3; also what a receive buffer needs. */
export const MAX_PACKET_BYTES = 4096;
/** The most attributes of a packet. 4096 octets could hold 2038 of them, which nobody needs but who wants us to work. */
export const MAX_ATTRIBUTES = 200;
/** The longest value of an attribute. RFC 2865 section 5. */
export const MAX_VALUE_BYTES = 253;
/** Octets of a Message-Authenticator with its header. RFC 3579 section 3.2. */
export const MESSAGE_AUTHENTICATOR_BYTES = 18;

/** One attribute: its type, 1 to 255, and its value, 0 to 253 octets. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/**
 * A packet whose lengths are right; nothing about it is authenticated yet. Made by {@link decode} only.
 *
 * Every value is a view of the datagram: it costs nothing, changes when the datagram changes, and keeps it in memory.
 * Copy (`Uint8Array.from`) what shall live longer than the exchange.
 */
export class Packet {
  readonly code: number;
  readonly identifier: number;
  /** Exactly the octets that Length counts; padding of the datagram is cut off. A view. */
  readonly octets: Uint8Array;
  /** Where the Message-Authenticator attribute starts in {@link octets}, or 0 when there is none. */
  readonly messageAuthenticatorAt: number;
  readonly #starts: readonly number[];

  /** @internal */
  constructor(octets: Uint8Array, starts: readonly number[], messageAuthenticatorAt: number) {
    this.code = octets[0] as number;
    this.identifier = octets[1] as number;
    this.octets = octets;
    this.messageAuthenticatorAt = messageAuthenticatorAt;
    this.#starts = starts;
  }

  /** The 16 octets of the Authenticator. A view. */
  get authenticator(): Uint8Array {
    return this.octets.subarray(AUTHENTICATOR_AT, HEADER_BYTES);
  }

  /** How many attributes there are, duplicates counted. */
  get attributeCount(): number {
    return this.#starts.length;
  }

  /** Whether a Message-Authenticator is there, right or wrong. */
  get hasMessageAuthenticator(): boolean {
    return this.messageAuthenticatorAt !== 0;
  }

  /** The type of the attribute at `index`, or 0 beyond the last one. */
  typeAt(index: number): number {
    const start = this.#starts[index];
    return start === undefined ? 0 : (this.octets[start] as number);
  }

  /** Where the attribute at `index`, its header included, starts in {@link octets}; -1 beyond the last one. */
  startAt(index: number): number {
    return this.#starts[index] ?? -1;
  }

  /** All attributes in the order of the packet, duplicates as often as they are there. Values are views. */
  attributes(): readonly Attribute[] {
    return this.#starts.map((start) => ({ type: this.octets[start] as number, value: this.#valueFrom(start) }));
  }

  /** Whether an attribute of `type` is there. */
  has(type: number): boolean {
    return this.#starts.some((start) => this.octets[start] === type);
  }

  /** The value of the first attribute of `type`, a view, or undefined. */
  first(type: number): Uint8Array | undefined {
    const octets = this.octets;
    for (const start of this.#starts) {
      if (octets[start] === type) {
        return this.#valueFrom(start);
      }
    }
    return undefined;
  }

  /** The values of all attributes of `type` in order, as views. */
  all(type: number): readonly Uint8Array[] {
    return this.#starts.filter((start) => this.octets[start] === type).map((start) => this.#valueFrom(start));
  }

  /** All Vendor-Specific attributes (type 26) taken apart, in order; those of a strange form as opaque octets. */
  vendorAttributes(): ReadonlyArray<VendorAttribute | OpaqueVendorAttribute> {
    return this.all(AttributeType.VendorSpecific).flatMap(vendorAttributesOf);
  }

  /** The first value of a vendor's attribute, a view, or undefined. */
  firstVendor(vendorId: number, vendorType: number): Uint8Array | undefined {
    return this.allVendor(vendorId, vendorType)[0];
  }

  /** The values of all attributes of a vendor's type in order, as views. */
  allVendor(vendorId: number, vendorType: number): readonly Uint8Array[] {
    const found: Uint8Array[] = [];
    for (const attribute of this.vendorAttributes()) {
      if ("vendorType" in attribute && attribute.vendorId === vendorId && attribute.vendorType === vendorType) {
        found.push(attribute.value);
      }
    }
    return found;
  }

  #valueFrom(start: number): Uint8Array {
    return this.octets.subarray(start + 2, start + (this.octets[start + 1] as number));
  }
}

/**
 * Decodes a datagram. RFC 2865 section 3:
 *
 *     Code (1), Identifier (1), Length (2, big endian), Authenticator (16), attributes
 *     attribute: Type (1), Length (1, from 2, itself included), value
 *
 * Octets beyond Length are padding and ignored, here and in every digest. Any code, any attribute but type 0 and any
 * order is let through.
 * @param datagram as it arrived; it is kept by reference and never written to
 * @returns the packet, or why it is none. Never throws.
 */
export function decode(datagram: Uint8Array): Packet | Malformed {
  const wrong = headerFault(datagram);
  return wrong === undefined ? decodeAttributes(datagram) : malformed(wrong);
}

/** @internal The checks that need the header only. */
export function headerFault(datagram: Uint8Array): MalformedReason | undefined {
  if (datagram.length < HEADER_BYTES) {
    return "too-short";
  }
  const length = lengthOf(datagram);
  return length < HEADER_BYTES || length > MAX_PACKET_BYTES || length > datagram.length ? "bad-length" : undefined;
}

/** @internal The walk over the attributes of a datagram whose header has no fault. */
export function decodeAttributes(datagram: Uint8Array): Packet | Malformed {
  const length = lengthOf(datagram);
  const starts: number[] = [];
  let messageAuthenticatorAt = 0;
  for (let at = HEADER_BYTES; at < length; ) {
    const fault = attributeFault(datagram, at, length);
    if (fault !== undefined) {
      return malformed(fault);
    }
    if (starts.length === MAX_ATTRIBUTES) {
      return malformed("too-many-attributes");
    }
    if (datagram[at] === AttributeType.MessageAuthenticator) {
      if (datagram[at + 1] !== MESSAGE_AUTHENTICATOR_BYTES) {
        return malformed("message-authenticator-length");
      }
      if (messageAuthenticatorAt !== 0) {
        return malformed("message-authenticator-repeated");
      }
      messageAuthenticatorAt = at;
    }
    starts.push(at);
    at += datagram[at + 1] as number;
  }
  const octets = length === datagram.length ? datagram : datagram.subarray(0, length);
  return new Packet(octets, starts, messageAuthenticatorAt);
}

function attributeFault(datagram: Uint8Array, at: number, end: number): MalformedReason | undefined {
  if (datagram[at] === 0) {
    return "attribute-type-zero";
  }
  if (at + 2 > end) {
    return "attribute-overrun";
  }
  const length = datagram[at + 1] as number;
  if (length < 2) {
    return "attribute-length";
  }
  return at + length > end ? "attribute-overrun" : undefined;
}

function lengthOf(datagram: Uint8Array): number {
  return ((datagram[2] as number) << 8) | (datagram[3] as number);
}
