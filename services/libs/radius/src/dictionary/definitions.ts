/** Types of values that this product encodes; FreeRADIUS' names, with those of its version 4 read as the same. */
export const VALUE_TYPES = [
  "string",
  "octets",
  "integer",
  "signed",
  "byte",
  "short",
  "integer64",
  "date",
  "ipaddr",
  "ipv4prefix",
  "ipv6addr",
  "ipv6prefix",
  "combo-ip",
  "ether",
  "ifid",
] as const;

/** @see VALUE_TYPES */
export type ValueType = (typeof VALUE_TYPES)[number];

/** A vendor and the form of its attributes inside Vendor-Specific: `format=<type octets>,<length octets>[,c]`. */
export interface Vendor {
  readonly name: string;
  /** Private enterprise number. */
  readonly id: number;
  readonly typeBytes: 1 | 2 | 4;
  readonly lengthBytes: 0 | 1 | 2;
  /** An octet follows the length, which says whether the value goes on in the next attribute (WiMAX). */
  readonly continuation: boolean;
}

/** An attribute as a dictionary defines it. */
export interface AttributeDefinition {
  readonly name: string;
  readonly number: number;
  /** Undefined for the attributes of the RFCs. */
  readonly vendor: Vendor | undefined;
  readonly valueType: ValueType | "unsupported";
  /** The length of `octets[n]`, else undefined. */
  readonly lengthBytes: number | undefined;
  /** A tag octet (RFC 2868 section 3) comes before the value. */
  readonly hasTag: boolean;
  /** FreeRADIUS' `encrypt=`: 0 not hidden, 1 as User-Password, 2 as Tunnel-Password, 3 as Ascend does. */
  readonly encrypt: number;
}

/** A name of a number, as `Framed-User` of Service-Type. */
export interface NamedValue {
  readonly name: string;
  readonly number: number;
}

/** What is wrong with a dictionary, said so that a person can go there. */
export interface DictionaryError {
  readonly file: string;
  /** 1-based; absent when the file cannot be read. */
  readonly line?: number;
  readonly message: string;
}
