import { AttributeType } from "../attributes.js";
import type { Attribute } from "../packet.js";
import { decodeUtf8 } from "../user-password.js";
import { type OpaqueVendorAttribute, type VendorAttribute, vendorAttributesOf } from "../vendor-attribute.js";
import { attributeName, vendorAttributeName } from "./names.js";
import { dictionaries, NO_VENDOR } from "./radius-package.js";
import { hasSecretTypes, isSecretType, isSecretVendorType } from "./secret-attributes.js";

/** An attribute as people read it. */
export interface FormattedAttribute {
  readonly name: string;
  readonly value: string;
}

const REDACTED = "[redacted]";
const REPLACEMENT_CHARACTER = "\uFFFD";
// Control and format characters (among them what turns the direction of text), and separators of lines.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * An attribute for people: numbers, enumerations and addresses by the dictionary's type, other octets as text when they are
 * printable UTF-8, else as `0x` and hex. A Vendor-Specific with one attribute in it takes that one's name; with several it
 * lists them as `name = value`. Passwords, keys, responses to challenges and EAP print as `[redacted]`. State does not: who
 * keeps logs leaves it out.
 */
export function formatAttribute(attribute: Attribute): FormattedAttribute {
  const { type, value } = attribute;
  if (type !== AttributeType.VendorSpecific) {
    return { name: attributeName(type), value: isSecretType(type) ? REDACTED : formatValue(NO_VENDOR, type, value) };
  }
  const inner = vendorAttributesOf(value).map(formatVendorAttribute);
  const [only] = inner;
  if (inner.length === 1 && only !== undefined) {
    return only;
  }
  return { name: attributeName(type), value: inner.map((one) => `${one.name} = ${one.value}`).join(", ") };
}

function formatVendorAttribute(inner: VendorAttribute | OpaqueVendorAttribute): FormattedAttribute {
  const { vendorId } = inner;
  if ("opaque" in inner) {
    const name = vendorId === undefined ? attributeName(AttributeType.VendorSpecific) : `Vendor-${vendorId}`;
    return { name, value: vendorId !== undefined && hasSecretTypes(vendorId) ? REDACTED : textOrHex(inner.opaque) };
  }
  const { vendorType, value } = inner;
  const name = vendorAttributeName(inner.vendorId, vendorType);
  const secret = isSecretVendorType(inner.vendorId, vendorType);
  return { name, value: secret ? REDACTED : formatValue(inner.vendorId, vendorType, value) };
}

function formatValue(vendorId: number, type: number, value: Uint8Array): string {
  const typed = typedValue(vendorId, type, value);
  if (typeof typed === "number") {
    return String(typed);
  }
  if (typed instanceof Date) {
    return typed.toISOString();
  }
  // The package puts U+FFFD where text was no UTF-8; such a value prints as hex.
  return typeof typed === "string" && isPrintable(typed) ? typed : textOrHex(value);
}

/** The value as the dictionary's type says, or undefined when the type is not known or does not fit. */
function typedValue(vendorId: number, type: number, value: Uint8Array): unknown {
  const into: Record<string, unknown> = {};
  const octets = Buffer.concat([Uint8Array.of(type, value.length + 2), value]);
  try {
    dictionaries().decode_attributes(octets, into, vendorId);
  } catch {
    // An integer that is not four octets long, for one: legal on the wire, so it prints as what it is.
    return undefined;
  }
  return Object.values(into)[0];
}

function textOrHex(octets: Uint8Array): string {
  const text = octets.length === 0 ? "" : decodeUtf8(octets);
  return text !== undefined && isPrintable(text) ? text : `0x${Buffer.from(octets).toString("hex")}`;
}

function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text) && !text.includes(REPLACEMENT_CHARACTER);
}
