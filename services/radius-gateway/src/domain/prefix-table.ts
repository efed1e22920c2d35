/** An IPv4 or IPv6 address as a number of its 32 or 128 bits. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A network: the first `length` bits count, the others are zero. */
export interface IpPrefix extends IpAddress {
  readonly length: number;
}

/** Whether an address lies in a network; IPv4 and IPv6 are apart. */
export function prefixHolds(prefix: IpPrefix, address: IpAddress): boolean {
  return prefix.bits === address.bits && keyOf(prefix, prefix.length) === keyOf(address, prefix.length);
}

interface Length<Value> {
  readonly length: number;
  /** The bits that count -> who has them, in the order of their names. */
  readonly owners: Map<bigint, Value[]>;
}

/**
 * Who an address belongs to: the owner of the longest prefix that holds it. IPv4 and IPv6 are apart. Of several owners of
 * the very same prefix it is always the first by name, whatever the order in which they came.
 * One map for each length that occurs: a look-up asks as many maps as there are different lengths.
 */
export class PrefixTable<Value extends { readonly name: string }> {
  /** The longest first. */
  readonly #lengths: Record<IpAddress["bits"], Length<Value>[]> = { 32: [], 128: [] };

  add(prefix: IpPrefix, value: Value): void {
    const { owners } = this.#lengthOf(prefix);
    const key = keyOf(prefix, prefix.length);
    const all = [...(owners.get(key) ?? []), value];
    owners.set(
      key,
      all.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  remove(prefix: IpPrefix, value: Value): void {
    const { owners, length } = this.#lengthOf(prefix);
    const key = keyOf(prefix, length);
    const left = (owners.get(key) ?? []).filter((owner) => owner !== value);
    if (left.length > 0) owners.set(key, left);
    else owners.delete(key);
    if (owners.size === 0) {
      this.#lengths[prefix.bits] = this.#lengths[prefix.bits].filter((one) => one.length !== length);
    }
  }

  find(address: IpAddress): Value | undefined {
    for (const { length, owners } of this.#lengths[address.bits]) {
      const owner = owners.get(keyOf(address, length))?.[0];
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  #lengthOf({ bits, length }: IpPrefix): Length<Value> {
    const lengths = this.#lengths[bits];
    const known = lengths.find((one) => one.length === length);
    if (known !== undefined) return known;
    const added = { length, owners: new Map<bigint, Value[]>() };
    this.#lengths[bits] = [...lengths, added].toSorted((a, b) => b.length - a.length);
    return added;
  }
}

function keyOf({ bits, value }: IpAddress, length: number): bigint {
  return value >> BigInt(bits - length);
}
