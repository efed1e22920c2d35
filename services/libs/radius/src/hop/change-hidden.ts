import { AttributeType } from "../attributes.js";
import { isMalformed, type Malformed, malformed } from "../malformed.js";
import { type Attribute, MAX_VALUE_BYTES } from "../packet.js";
import { VENDOR_ID_BYTES, vendorIdOf } from "../vendor-attribute.js";
import { type Hiding, hidingOf, type VendorForm, vendorForm } from "./hidden-attributes.js";

/** Makes another value of a hidden one, or of one to hide; at most `roomBytes` octets. */
export type Change = (value: Uint8Array, hiding: Hiding, roomBytes: number) => Uint8Array | Malformed;

/** Undefined when there was nothing to change. */
type Changed = Uint8Array | Malformed | undefined;

const CONTINUES = 0x80;
const MAX_TLV_BYTES = 255;

/**
 * Applies `change` to what is hidden in an attribute of a reply, in the order of the octets; everything else stays octet for
 * octet, a Vendor-Specific whose form is not the vendor's all of it.
 * @returns the attribute, with octets of its own where something changed; Malformed when the change fails or does not fit
 */
export function changeHidden(attribute: Attribute, change: Change): Attribute | Malformed {
  const { type, value } = attribute;
  const changed =
    type === AttributeType.VendorSpecific ? changeVendor(value, change) : changePlain(type, value, change);
  return changed === undefined || isMalformed(changed) ? (changed ?? attribute) : { type, value: changed };
}

function changePlain(type: number, value: Uint8Array, change: Change): Changed {
  const hiding = hidingOf(type);
  return hiding && change(value, hiding, MAX_VALUE_BYTES);
}

function changeVendor(value: Uint8Array, change: Change): Changed {
  const vendorId = vendorIdOf(value);
  const form = vendorId === undefined ? undefined : vendorForm(vendorId);
  if (form === undefined) {
    return undefined;
  }
  const room = MAX_VALUE_BYTES - VENDOR_ID_BYTES;
  const changed = changeTlvs(value.subarray(VENDOR_ID_BYTES), { form, room }, change);
  return changed === undefined || isMalformed(changed)
    ? changed
    : Buffer.concat([value.subarray(0, VENDOR_ID_BYTES), changed]);
}

interface Tlv {
  readonly type: number;
  /** Type, length, and the octet of continuation where the vendor has one. */
  readonly header: Uint8Array;
  readonly value: Uint8Array;
  readonly continues: boolean;
}

/** The form of a vendor's attributes, and how many octets they may have. */
interface TlvPlace {
  readonly form: VendorForm;
  readonly room: number;
}

function changeTlvs(octets: Uint8Array, place: TlvPlace, change: Change): Changed {
  const { form, room } = place;
  const parts: Uint8Array[] = [];
  let used = 0;
  let different = false;
  for (const tlv of tlvsOf(octets, form)) {
    const headerBytes = tlv.header.length;
    const left = Math.min(room - used, MAX_TLV_BYTES) - headerBytes;
    const changed = changeTlv(tlv, { form, room: left }, change);
    if (changed !== undefined && isMalformed(changed)) {
      return changed;
    }
    const value = changed ?? tlv.value;
    if (value.length > left) {
      return malformed("hidden-length");
    }
    const header = Uint8Array.from(tlv.header);
    header[form.typeBytes] = headerBytes + value.length;
    parts.push(header, value);
    used += headerBytes + value.length;
    different ||= changed !== undefined;
  }
  return different ? Buffer.concat(parts) : undefined;
}

function changeTlv(tlv: Tlv, place: TlvPlace, change: Change): Changed {
  const { form, room } = place;
  // What goes on in another attribute is more than any hidden value, and could not be recovered in parts.
  if (tlv.continues) {
    return undefined;
  }
  const inner = form.nested.get(tlv.type);
  if (inner !== undefined) {
    return changeTlvs(tlv.value, { form: inner, room }, change);
  }
  const hiding = form.hidden.get(tlv.type);
  return hiding && change(tlv.value, hiding, room);
}

/** @returns the vendor's attributes in order; none when the lengths do not end exactly at the end */
function tlvsOf(octets: Uint8Array, { typeBytes, continuation }: VendorForm): readonly Tlv[] {
  const headerBytes = typeBytes + (continuation ? 2 : 1);
  const found: Tlv[] = [];
  let at = 0;
  while (at + headerBytes <= octets.length) {
    const length = octets[at + typeBytes] as number;
    if (length < headerBytes || at + length > octets.length) {
      return [];
    }
    const header = octets.subarray(at, at + headerBytes);
    const [first = 0, second = 0] = header;
    found.push({
      type: typeBytes === 1 ? first : (first << 8) | second,
      header,
      value: octets.subarray(at + headerBytes, at + length),
      continues: continuation && ((header[headerBytes - 1] as number) & CONTINUES) !== 0,
    });
    at += length;
  }
  return at === octets.length ? found : [];
}
