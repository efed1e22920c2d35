import { type IpPrefix, prefixHolds } from "../../domain/prefix-table.js";
import { parseAddress, parsePrefix } from "../ipaddr/parse-address.js";

/** Addresses whose answer is remembered; beyond, all are forgotten and found anew. */
const MAX_KNOWN_SOURCES = 4_096;

/**
 * The proxies of one listener: what comes from them must begin with a header, what comes from elsewhere must not, since
 * there anybody could claim any address.
 */
export class TrustedProxies {
  readonly #prefixes: readonly IpPrefix[];
  readonly #known = new Map<string, boolean>();

  /** @throws RangeError for what is no network, which the configuration has checked */
  constructor(networks: readonly string[]) {
    this.#prefixes = networks.map((network) => {
      const prefix = parsePrefix(network.includes("/") ? network : `${network}/${network.includes(":") ? 128 : 32}`);
      if (prefix === undefined) throw new RangeError(`${network} is no network`);
      return prefix;
    });
  }

  /** @param sourceAddress as the system writes it */
  has(sourceAddress: string): boolean {
    if (this.#prefixes.length === 0) return false;
    const known = this.#known.get(sourceAddress);
    if (known !== undefined) return known;
    const address = parseAddress(sourceAddress);
    const trusted = address !== undefined && this.#prefixes.some((prefix) => prefixHolds(prefix, address));
    if (this.#known.size >= MAX_KNOWN_SOURCES) this.#known.clear();
    this.#known.set(sourceAddress, trusted);
    return trusted;
  }
}
