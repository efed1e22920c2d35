import { type AttributeDefinition, VALUE_TYPES, type ValueType, type Vendor } from "./definitions.js";
import type { DictionaryBuilder, Place } from "./dictionary-builder.js";

/** RFC 2865 leaves a type one octet. */
const MAX_TYPE = 255;
const MAX_NUMBER = 0xffffffff;
const NAME = /^[A-Za-z0-9_.+/:-]{1,128}$/;
const VALUE_NAME = /^[^\s]{1,128}$/;
const NUMBER = /^(?:[0-9]{1,10}|0x[0-9a-f]{1,8})$/i;
const PATH_OF_NUMBERS = /^[0-9]{1,10}(?:\.[0-9]{1,10})+$/;
const VENDOR_FORMAT = /^format=([124]),([012])(,c)?$/;
const FLAGS: ReadonlySet<string> = new Set(["has_tag", "array", "concat", "virtual", "secret"]);
const ENCRYPT = /^encrypt=([0-3])$/;

/** Other names of the same types: those of FreeRADIUS 4. */
const ALIASES: ReadonlyMap<string, ValueType> = new Map([
  ["text", "string"],
  ["uint32", "integer"],
  ["int32", "signed"],
  ["uint8", "byte"],
  ["uint16", "short"],
  ["uint64", "integer64"],
  ["ipv4addr", "ipaddr"],
]);
/** Types that FreeRADIUS has and that are read over: a file of a vendor shall not fail for an attribute nobody sets. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  "abinary",
  "tlv",
  "extended",
  "long-extended",
  "evs",
  "vsa",
  "struct",
]);

/**
 * Takes the lines of one file. The form is FreeRADIUS 3's:
 *
 *     VENDOR <name> <number> [format=<1|2|4>,<0|1|2>[,c]]
 *     BEGIN-VENDOR <name> ... END-VENDOR [<name>]
 *     BEGIN-TLV <name> ... END-TLV [<name>]          read over
 *     ATTRIBUTE <name> <number> <type> [<flag>,...] [<vendor>]
 *     VALUE <attribute> <name> <number>
 *
 * and `#` begins a comment. `$INCLUDE` is the reader's business.
 */
export class DictionaryLines {
  readonly #builder: DictionaryBuilder;
  #vendor: Vendor | undefined;
  #tlv: string | undefined;

  constructor(builder: DictionaryBuilder) {
    this.#builder = builder;
  }

  /** @returns what is wrong with the line, or undefined */
  take(words: readonly string[], place: Place): string | undefined {
    const [keyword = "", ...rest] = words;
    switch (keyword.toUpperCase()) {
      case "VENDOR":
        return this.#takeVendor(rest);
      case "BEGIN-VENDOR":
        return this.#beginVendor(rest);
      case "END-VENDOR":
        return this.#endVendor(rest);
      case "BEGIN-TLV":
        return this.#beginTlv(rest);
      case "END-TLV":
        return this.#endTlv();
      case "ATTRIBUTE":
        return this.#takeAttribute(rest);
      case "VALUE":
        return this.#takeValue(rest, place);
      default:
        return "the line begins with no word that is known: VENDOR, BEGIN-VENDOR, END-VENDOR, ATTRIBUTE, VALUE, $INCLUDE";
    }
  }

  /** @returns what is wrong when the file ends here, or undefined */
  end(): string | undefined {
    if (this.#tlv !== undefined) return `BEGIN-TLV ${this.#tlv} has no END-TLV`;
    return this.#vendor === undefined ? undefined : `BEGIN-VENDOR ${this.#vendor.name} has no END-VENDOR`;
  }

  #takeVendor([name = "", number = "", format, ...more]: readonly string[]): string | undefined {
    const id = numberOf(number);
    if (!NAME.test(name)) return "VENDOR has no name";
    if (id === undefined) return `the number of the vendor is 0 to ${MAX_NUMBER}`;
    const parts = VENDOR_FORMAT.exec(format ?? "format=1,1");
    if (parts === null || more.length > 0)
      return "after the number of the vendor, only format=1,1 or the like may stand";
    return this.#builder.addVendor({
      name,
      id,
      typeBytes: Number(parts[1]) as Vendor["typeBytes"],
      lengthBytes: Number(parts[2]) as Vendor["lengthBytes"],
      continuation: parts[3] !== undefined,
    });
  }

  #beginVendor([name = "", ...more]: readonly string[]): string | undefined {
    if (this.#vendor !== undefined) return `BEGIN-VENDOR ${this.#vendor.name} has no END-VENDOR`;
    this.#vendor = this.#builder.vendor(name);
    if (this.#vendor === undefined)
      return "there is no such vendor: a line VENDOR with its name and number comes first";
    return more.length === 0 ? undefined : "vendors inside extended attributes are not supported";
  }

  #endVendor([name]: readonly string[]): string | undefined {
    const open = this.#vendor;
    this.#vendor = undefined;
    if (open === undefined) return "END-VENDOR has no BEGIN-VENDOR";
    const same = name === undefined || name.toLowerCase() === open.name.toLowerCase();
    return same ? undefined : `this ends another vendor than the one that was begun, ${open.name}`;
  }

  #beginTlv([name = ""]: readonly string[]): string | undefined {
    if (this.#tlv !== undefined) return `BEGIN-TLV ${this.#tlv} has no END-TLV`;
    if (!NAME.test(name)) return "BEGIN-TLV has no name";
    this.#tlv = name;
    return undefined;
  }

  #endTlv(): string | undefined {
    const open = this.#tlv;
    this.#tlv = undefined;
    return open === undefined ? "END-TLV has no BEGIN-TLV" : undefined;
  }

  #takeAttribute([name = "", number = "", type = "", ...more]: readonly string[]): string | undefined {
    if (!NAME.test(name)) return "ATTRIBUTE has no name";
    const kind = kindOf(type.toLowerCase());
    if (kind === undefined) return `the type is not known: ${VALUE_TYPES.join(", ")}`;
    const flags = this.#flagsOf(more);
    if (typeof flags === "string") return flags;
    const vendor = flags.vendor ?? this.#vendor;
    const shared = { name, vendor, lengthBytes: kind.lengthBytes, hasTag: flags.hasTag, encrypt: flags.encrypt };
    const nested = this.#tlv !== undefined || PATH_OF_NUMBERS.test(number);
    const value = nested ? 0 : numberOf(number);
    if (value === undefined) return `the number of the attribute is 0 to ${MAX_NUMBER}`;
    const most = vendor === undefined ? MAX_NUMBER : 256 ** vendor.typeBytes - 1;
    if (value > most) return `an attribute of ${vendor?.name} has a number of at most ${most}`;
    // What has no vendor and a large number is FreeRADIUS' own, and on no wire.
    const onWire = !nested && (vendor !== undefined || (value >= 1 && value <= MAX_TYPE));
    const definition: AttributeDefinition = { ...shared, number: value, valueType: onWire ? kind.type : "unsupported" };
    return this.#builder.addAttribute(definition);
  }

  #flagsOf(words: readonly string[]): { vendor: Vendor | undefined; hasTag: boolean; encrypt: number } | string {
    const flags: { vendor: Vendor | undefined; hasTag: boolean; encrypt: number } = {
      vendor: undefined,
      hasTag: false,
      encrypt: 0,
    };
    for (const word of words.flatMap((part) => part.split(","))) {
      const encrypt = ENCRYPT.exec(word.toLowerCase())?.[1];
      if (encrypt !== undefined) flags.encrypt = Number(encrypt);
      else if (word.toLowerCase() === "has_tag") flags.hasTag = true;
      else if (!FLAGS.has(word.toLowerCase())) {
        // The old form names the vendor here.
        flags.vendor = this.#builder.vendor(word);
        if (flags.vendor === undefined)
          return "after the type, only flags (has_tag, encrypt=2) or a known vendor may stand";
      }
    }
    return flags;
  }

  #takeValue([attribute = "", name = "", number = ""]: readonly string[], place: Place): string | undefined {
    const value = numberOf(number);
    if (!NAME.test(attribute) || !VALUE_NAME.test(name)) return "VALUE needs an attribute, a name and a number";
    if (value === undefined) return `the number of the value is 0 to ${MAX_NUMBER}`;
    return this.#builder.addValue(attribute, { name, number: value }, place);
  }
}

function kindOf(type: string): { type: AttributeDefinition["valueType"]; lengthBytes: number | undefined } | undefined {
  const known = ALIASES.get(type) ?? VALUE_TYPES.find((one) => one === type);
  if (known !== undefined) return { type: known, lengthBytes: undefined };
  const fixed = /^octets\[([0-9]{1,3})\]$/.exec(type)?.[1];
  if (fixed !== undefined) return { type: "octets", lengthBytes: Number(fixed) };
  return UNSUPPORTED.has(type) ? { type: "unsupported", lengthBytes: undefined } : undefined;
}

function numberOf(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return number <= MAX_NUMBER ? number : undefined;
}
