import type { AttributeDefinition, DictionaryError, NamedValue, Vendor } from "./definitions.js";

/** FreeRADIUS' own set of all vendors has 193, 8,604 and 9,480 of them. */
const MAX_VENDORS = 2_000;
const MAX_DEFINITIONS = 50_000;
const MAX_VALUES = 50_000;

/** Where something stands in a dictionary. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

interface PendingValue extends NamedValue {
  readonly attribute: string;
  readonly place: Place;
}

/**
 * Collects definitions. Names are found whatever their letter case, as FreeRADIUS finds them; they are keys of maps and of
 * nothing else, so that one named `__proto__` is a name like any other. Each method says what is wrong, or undefined.
 */
export class DictionaryBuilder {
  readonly attributes = new Map<string, AttributeDefinition>();
  /** By the attribute's name in lower case, then by the value's. */
  readonly values = new Map<string, Map<string, NamedValue>>();
  readonly #vendors = new Map<string, Vendor>();
  /** A file may name the values of an attribute that a later file defines. */
  readonly #pending: PendingValue[] = [];

  vendor(name: string): Vendor | undefined {
    return this.#vendors.get(name.toLowerCase());
  }

  addVendor(vendor: Vendor): string | undefined {
    const earlier = this.vendor(vendor.name);
    if (earlier !== undefined && earlier.id !== vendor.id) {
      return `the vendor ${vendor.name} already has the number ${earlier.id}`;
    }
    if (earlier === undefined && this.#vendors.size >= MAX_VENDORS) {
      return `there are more than ${MAX_VENDORS} vendors`;
    }
    this.#vendors.set(vendor.name.toLowerCase(), vendor);
    return undefined;
  }

  /** The same attribute again replaces what an earlier file said of it; its name never moves to another one. */
  addAttribute(added: AttributeDefinition): string | undefined {
    const key = added.name.toLowerCase();
    const earlier = this.attributes.get(key);
    if (earlier !== undefined && (earlier.number !== added.number || earlier.vendor?.id !== added.vendor?.id)) {
      const of = earlier.vendor === undefined ? "" : ` of ${earlier.vendor.name}`;
      return `${added.name} is already the name of attribute ${earlier.number}${of}`;
    }
    if (earlier === undefined && this.attributes.size >= MAX_DEFINITIONS) {
      return `there are more than ${MAX_DEFINITIONS} attributes`;
    }
    this.attributes.set(key, added);
    return undefined;
  }

  addValue(attribute: string, value: NamedValue, place: Place): string | undefined {
    if (this.#pending.length >= MAX_VALUES) {
      return `there are more than ${MAX_VALUES} names of values`;
    }
    this.#pending.push({ attribute, ...value, place });
    return undefined;
  }

  /** Gives the names of values to their attributes. @returns those that name an attribute which nobody defined */
  finish(): DictionaryError[] {
    const errors: DictionaryError[] = [];
    for (const { attribute, name, number, place } of this.#pending) {
      const key = attribute.toLowerCase();
      if (this.attributes.has(key)) {
        const values = this.values.get(key) ?? new Map<string, NamedValue>();
        this.values.set(key, values.set(name.toLowerCase(), { name, number }));
      } else {
        errors.push({ ...place, message: `there is no attribute ${attribute}` });
      }
    }
    return errors;
  }
}
