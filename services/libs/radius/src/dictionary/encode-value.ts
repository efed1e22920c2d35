import { isIPv4, isIPv6 } from "node:net";
import type { NamedValue, ValueType } from "./definitions.js";

/** A value as a configuration writes it. */
export type AttributeValue = string | number | boolean;

/** Why a value does not fit. Never quotes the value, which may be a secret. */
interface ValueProblem {
  readonly problem: string;
  /** What could have been meant, for a near match. */
  readonly candidates?: readonly string[];
}

export type EncodedValue = Uint8Array | ValueProblem;

interface ValueRule {
  readonly lengthBytes: number | undefined;
  readonly names: ReadonlyMap<string, NamedValue> | undefined;
}

const MAX_SHOWN_NAMES = 12;
const DIGITS = /^[0-9]{1,10}$/;
const HEX = /^0x(?:[0-9a-f]{2})+$/i;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const ETHER = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;
const INTERFACE_ID = /^[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3}$/i;
const INTEGER_BYTES = { byte: 1, short: 2, integer: 4 } as const;
const IPV4_BITS = 32;
const IPV6_BITS = 128;

/**
 * The octets of a value, most significant first. RFC 8044 section 3.
 * @returns the value without header, tag and vendor; at least one octet
 */
export function encodeValue(type: ValueType, value: AttributeValue, rule: ValueRule): EncodedValue {
  switch (type) {
    case "byte":
    case "short":
    case "integer":
      return encodeInteger(value, INTEGER_BYTES[type], rule.names);
    case "signed":
      return encodeWhole(value, -(2n ** 31n), 2n ** 31n - 1n, 4);
    case "integer64":
      return encodeWhole(value, 0n, 2n ** 64n - 1n, 8);
    case "date":
      return encodeDate(value);
    default:
      return typeof value === "string"
        ? encodeText(type, value, rule)
        : problem("must be a text: write numbers and the words true and false in quotes");
  }
}

function encodeText(type: Exclude<ValueType, keyof typeof INTEGER_BYTES>, text: string, rule: ValueRule): EncodedValue {
  switch (type) {
    case "octets":
      return encodeOctets(text, rule.lengthBytes);
    case "ipaddr":
      return isIPv4(text) ? ipv4Octets(text) : problem("must be an IPv4 address");
    case "ipv6addr":
      return isAddress6(text) ? ipv6Octets(text) : problem("must be an IPv6 address");
    case "combo-ip":
      if (isIPv4(text)) return ipv4Octets(text);
      return isAddress6(text) ? ipv6Octets(text) : problem("must be an IPv4 or IPv6 address");
    case "ipv4prefix":
      return encodePrefix(text, IPV4_BITS);
    case "ipv6prefix":
      return encodePrefix(text, IPV6_BITS);
    case "ether":
      return ETHER.test(text) ? hexOctets(text.replace(/[:-]/g, "")) : problem("must be like 00:11:22:aa:bb:cc");
    case "ifid":
      return INTERFACE_ID.test(text) ? groupsOctets(text.split(":")) : problem("must be like 0011:2233:4455:6677");
    default:
      return text === "" ? problem("must not be empty") : Buffer.from(text, "utf8");
  }
}

/** `0x` and hex digits are those octets, any other text its UTF-8. */
function encodeOctets(text: string, lengthBytes: number | undefined): EncodedValue {
  if (text === "") return problem("must not be empty");
  if (/^0x/i.test(text) && !HEX.test(text)) return problem("begins with 0x, so that hex digits in pairs must follow");
  const octets = HEX.test(text) ? hexOctets(text.slice(2)) : Buffer.from(text, "utf8");
  return lengthBytes === undefined || octets.length === lengthBytes
    ? octets
    : problem(`must be ${lengthBytes} octets, it has ${octets.length}`);
}

function encodeInteger(value: AttributeValue, bytes: number, names: ValueRule["names"]): EncodedValue {
  const most = 256 ** bytes - 1;
  // Some attributes name their values "true" and "false", or by digits that stand for another number.
  const named = typeof value === "number" ? undefined : names?.get(String(value).toLowerCase())?.number;
  const number = named ?? (typeof value === "string" && !DIGITS.test(value) ? Number.NaN : Number(value));
  if (Number.isInteger(number) && number >= 0 && number <= most) return bigEndian(BigInt(number), bytes);
  const candidates = [...(names?.values() ?? [])].map(({ name }) => name);
  const shown = candidates.slice(0, MAX_SHOWN_NAMES).join(", ");
  const more = candidates.length > MAX_SHOWN_NAMES ? ", and more" : "";
  const orName = candidates.length === 0 ? "" : ` or one of ${shown}${more}`;
  const text = `must be a whole number from 0 to ${most}${orName}`;
  return typeof value === "string" ? { problem: text, candidates } : problem(text);
}

function encodeWhole(value: AttributeValue, least: bigint, most: bigint, bytes: number): EncodedValue {
  const written = typeof value === "string" && /^-?[0-9]{1,20}$/.test(value);
  // A number beyond 2^53 has lost digits by the time it is here; its digits in quotes have not.
  const number = written || (typeof value === "number" && Number.isSafeInteger(value)) ? BigInt(value) : undefined;
  return number !== undefined && number >= least && number <= most
    ? bigEndian(BigInt.asUintN(bytes * 8, number), bytes)
    : problem(`must be a whole number from ${least} to ${most}, in quotes beyond ${Number.MAX_SAFE_INTEGER}`);
}

function encodeDate(value: AttributeValue): EncodedValue {
  const seconds = typeof value === "string" && DATE.test(value) ? Math.floor(Date.parse(value) / 1000) : value;
  const fits = typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0 && seconds <= 0xffffffff;
  return fits ? bigEndian(BigInt(seconds), 4) : problem("must be like 2027-01-31T12:00:00Z, or seconds since 1970");
}

/** RFC 3162 section 2.3, RFC 6572 section 4: a zero octet, the length, all octets of the address, host bits zero. */
function encodePrefix(text: string, bits: number): EncodedValue {
  const [address = "", written = "", ...more] = text.split("/");
  const length = /^[0-9]{1,3}$/.test(written) ? Number(written) : Number.NaN;
  const known = bits === IPV4_BITS ? isIPv4(address) : isAddress6(address);
  if (!known || more.length > 0 || !(length <= bits)) {
    return problem(`must be an ${bits === IPV4_BITS ? "IPv4" : "IPv6"} prefix with its length after a slash`);
  }
  const octets = bits === IPV4_BITS ? ipv4Octets(address) : ipv6Octets(address);
  const host = octets.some((octet, at) => (octet & (0xff >> Math.min(8, Math.max(0, length - at * 8)))) !== 0);
  return host ? problem("has bits beyond the length of its prefix") : Uint8Array.of(0, length, ...octets);
}

function isAddress6(text: string): boolean {
  return isIPv6(text) && !text.includes("%");
}

function ipv4Octets(text: string): Uint8Array {
  return Uint8Array.from(text.split("."), Number);
}

/** RFC 4291 section 2.2; the last 32 bits may be written as an IPv4 address. */
function ipv6Octets(text: string): Uint8Array {
  const last = text.slice(text.lastIndexOf(":") + 1);
  const [a = 0, b = 0, c = 0, d = 0] = isIPv4(last) ? ipv4Octets(last) : [];
  const hex = isIPv4(last)
    ? `${text.slice(0, -last.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
    : text;
  const [front = "", back = ""] = hex.split("::");
  const before = front === "" ? [] : front.split(":");
  const after = back === "" ? [] : back.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return groupsOctets([...before, ...zeros, ...after]);
}

function groupsOctets(groups: readonly string[]): Uint8Array {
  return hexOctets(groups.map((group) => group.padStart(4, "0")).join(""));
}

function hexOctets(hex: string): Uint8Array {
  return Buffer.from(hex, "hex");
}

function bigEndian(value: bigint, bytes: number): Uint8Array {
  return hexOctets(value.toString(16).padStart(bytes * 2, "0"));
}

function problem(text: string): ValueProblem {
  return { problem: text };
}
