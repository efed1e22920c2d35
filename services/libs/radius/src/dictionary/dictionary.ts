import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AttributeType } from "../attributes.js";
import { MAX_VALUE_BYTES } from "../packet.js";
import { VENDOR_ID_BYTES } from "../vendor-attribute.js";
import type { AttributeDefinition, DictionaryError, Vendor } from "./definitions.js";
import { DictionaryBuilder } from "./dictionary-builder.js";
import { type AttributeValue, encodeValue } from "./encode-value.js";
import { OWN_DICTIONARIES } from "./radius-package.js";
import { DictionaryReader, type OnDictionaryFile } from "./read-dictionaries.js";
import { gatewayHiding, isHidden, whyNotSettable } from "./settable.js";

/** Why an attribute was not encoded, one line that begins in the middle of a sentence. Never quotes a value. */
export interface UnencodableAttribute {
  readonly problem: string;
  /** Where a name is wrong: those that could have been meant, for a near match. */
  readonly candidates?: readonly string[];
}

const HEADER_BYTES = 2;
const TAGGED_NAME = /^(.+):([0-9]{1,2})$/;
/** RFC 2868 section 3.1: tags are 1 to 31, and 0 says that there is none. */
const MAX_TAG = 0x1f;
const NO_TAG = 0;
const TAGGED_INTEGER_MOST = 0xffffff;
/** Octets that hiding adds: a salt (2) and a length (1). RFC 2868 section 3.5. */
const HIDING_BYTES = 3;

/** Names of attributes, and what it takes to put a value that a person wrote into octets. Read once, at the start. */
export class Dictionary {
  static #standard: Promise<Dictionary> | undefined;
  readonly #builder: DictionaryBuilder;

  private constructor(builder: DictionaryBuilder) {
    this.#builder = builder;
  }

  /** The attributes of the RFCs, from the files of the package `radius`, and ours of Microsoft and Cisco. */
  static standard(): Promise<Dictionary> {
    Dictionary.#standard ??= Dictionary.#read([], () => Promise.resolve()).then(({ dictionary }) => dictionary);
    return Dictionary.#standard;
  }

  /**
   * The standard dictionary and those of vendors, files in FreeRADIUS' format.
   * @param onFile told of each of these files (absolute path), and of each one they include, before it is read
   * @returns all that is wrong with the files when anything is
   */
  static async load(
    files: readonly string[],
    onFile: OnDictionaryFile = () => Promise.resolve(),
  ): Promise<Dictionary | { readonly errors: readonly DictionaryError[] }> {
    const { dictionary, errors } = await Dictionary.#read(files, onFile);
    return errors.length > 0 ? { errors } : dictionary;
  }

  static async #read(files: readonly string[], onFile: OnDictionaryFile) {
    const builder = new DictionaryBuilder();
    const standard = new DictionaryReader(builder, () => Promise.resolve());
    for (const file of standardFiles()) await standard.read(file);
    const reader = new DictionaryReader(builder, onFile);
    for (const file of files) await reader.read(file);
    const errors = [...standard.errors, ...reader.errors, ...builder.finish()];
    return { dictionary: new Dictionary(builder), errors };
  }

  /** The names of all attributes, as the dictionaries write them. */
  names(): readonly string[] {
    return [...this.#builder.attributes.values()].map(({ name }) => name);
  }

  /** Whether there is such an attribute, with a tag or without. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Whether the value of an attribute is a secret. An unknown name is none. */
  isHidden(name: string): boolean {
    const named = this.#find(name);
    return named !== undefined && isHidden(named.definition);
  }

  /**
   * An attribute as on the wire: type, length, value; a vendor's wrapped into Vendor-Specific. A hidden value stays in clear,
   * a Tunnel-Password behind its tag.
   * @param name as in the dictionary, letter case aside; `Tunnel-Type:1` gives the tag 1
   */
  encodeByName(name: string, value: AttributeValue): Uint8Array | UnencodableAttribute {
    const named = this.#find(name);
    if (named === undefined) return { problem: "is in no dictionary", candidates: this.names() };
    const { definition, tag } = named;
    const never = whyNotSettable(definition);
    if (never !== undefined) return { problem: never };
    const hasTag = definition.hasTag || gatewayHiding(definition) === "tagged-salted";
    if (tag !== undefined && !hasTag) return { problem: "has no tags" };
    const names = this.#builder.values.get(definition.name.toLowerCase());
    const { valueType, lengthBytes } = definition;
    if (valueType === "unsupported") throw new Error("bug: an attribute of no type passed the check before");
    const encoded = encodeValue(valueType, value, { lengthBytes, names });
    if (!(encoded instanceof Uint8Array)) return encoded;
    const tagged = hasTag ? withTag(definition, tag, encoded) : encoded;
    return tagged instanceof Uint8Array ? wrapped(definition, tagged) : tagged;
  }

  /** Some vendors' names hold colons, so that the whole name comes first. */
  #find(name: string): { definition: AttributeDefinition; tag: number | undefined } | undefined {
    const whole = this.#builder.attributes.get(name.toLowerCase());
    if (whole !== undefined) return { definition: whole, tag: undefined };
    const [, base = "", tag = ""] = TAGGED_NAME.exec(name) ?? [];
    const definition = this.#builder.attributes.get(base.toLowerCase());
    return definition === undefined || Number(tag) > MAX_TAG ? undefined : { definition, tag: Number(tag) };
  }
}

/** Found, not loaded: the package's code is for printing only. */
function standardFiles(): string[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve("radius")), "../dictionaries");
  const own = OWN_DICTIONARIES.map((name) => fileURLToPath(new URL(`../../dictionaries/${name}`, import.meta.url)));
  return [
    ...readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name)),
    ...own,
  ];
}

/**
 * RFC 2868 section 3: of an integer the tag takes the first octet, in every other value it comes before. A password always has
 * one; a text without a tag needs none unless its first octet would be taken for one.
 */
function withTag(
  definition: AttributeDefinition,
  tag: number | undefined,
  value: Uint8Array,
): Uint8Array | UnencodableAttribute {
  if (definition.valueType === "integer") {
    return value[0] === 0
      ? Uint8Array.of(tag ?? NO_TAG, ...value.subarray(1))
      : { problem: `must be at most ${TAGGED_INTEGER_MOST}, since it has a tag` };
  }
  const looksTagged = (value[0] ?? 0) <= MAX_TAG;
  const optional = gatewayHiding(definition) !== "tagged-salted" && !looksTagged;
  return tag === undefined && optional ? value : Uint8Array.of(tag ?? NO_TAG, ...value);
}

/**
 * RFC 2865 section 5 and 5.26:
 *
 *     type, length, value
 *     26, length, Vendor-Id (4), vendor type (1, 2 or 4), vendor length (0, 1 or 2), [continuation (1)], value
 */
function wrapped(definition: AttributeDefinition, value: Uint8Array): Uint8Array | UnencodableAttribute {
  const { number, vendor } = definition;
  const inner = vendor === undefined ? [] : vendorHeader(vendor, number, value.length);
  const most = MAX_VALUE_BYTES - inner.length - (gatewayHiding(definition) === undefined ? 0 : HIDING_BYTES);
  if (value.length > most) return { problem: `must be at most ${most} octets, it has ${value.length}` };
  const type = vendor === undefined ? number : AttributeType.VendorSpecific;
  return Uint8Array.of(type, HEADER_BYTES + inner.length + value.length, ...inner, ...value);
}

function vendorHeader(vendor: Vendor, number: number, valueBytes: number): number[] {
  const { id, typeBytes, lengthBytes, continuation } = vendor;
  const more = continuation ? [0] : [];
  const length = typeBytes + lengthBytes + more.length + valueBytes;
  return [...octets(id, VENDOR_ID_BYTES), ...octets(number, typeBytes), ...octets(length, lengthBytes), ...more];
}

/** A number in `count` octets, most significant first. */
function octets(number: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Math.floor(number / 256 ** (count - 1 - at)) % 256);
}
