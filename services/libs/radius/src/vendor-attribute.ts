/** One attribute of a vendor, out of a Vendor-Specific whose value follows the form RFC 2865 section 5.26 proposes. */
export interface VendorAttribute {
  readonly vendorId: number;
  readonly vendorType: number;
  /** A view of the packet's octets; may be empty. */
  readonly value: Uint8Array;
}

/** A Vendor-Specific of another form. It is legal, so the packet stands; its octets are kept as they are. */
export interface OpaqueVendorAttribute {
  /** The vendor, or undefined when there are fewer than four octets. */
  readonly vendorId: number | undefined;
  /** What follows the vendor number, a view; all of the value when there is no vendor number. */
  readonly opaque: Uint8Array;
}

/** Octets of the vendor number at the start of a Vendor-Specific. */
export const VENDOR_ID_BYTES = 4;

/**
 * Takes a Vendor-Specific apart. RFC 2865 section 5.26:
 *
 *     Vendor-Id (4 octets), then any number of: Vendor type (1), Vendor length (1, from 2, itself included), value
 *
 * @param value the value of one attribute of type 26
 * @returns its vendor attributes in order, or the whole as one opaque entry when the lengths do not end exactly at the end
 */
export function vendorAttributesOf(value: Uint8Array): ReadonlyArray<VendorAttribute | OpaqueVendorAttribute> {
  const vendorId = vendorIdOf(value);
  if (vendorId === undefined) {
    return [{ vendorId, opaque: value }];
  }
  const found: VendorAttribute[] = [];
  let at = VENDOR_ID_BYTES;
  while (at + 2 <= value.length) {
    const end = at + (value[at + 1] as number);
    if (end < at + 2 || end > value.length) {
      break;
    }
    found.push({ vendorId, vendorType: value[at] as number, value: value.subarray(at + 2, end) });
    at = end;
  }
  const whole = at === value.length && found.length > 0;
  return whole ? found : [{ vendorId, opaque: value.subarray(VENDOR_ID_BYTES) }];
}

/** The vendor number at the start of a Vendor-Specific, or undefined when there are fewer than four octets. */
export function vendorIdOf(value: Uint8Array): number | undefined {
  if (value.length < VENDOR_ID_BYTES) {
    return undefined;
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = value;
  return ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
}
