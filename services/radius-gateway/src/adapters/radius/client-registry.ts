import { type IpAddress, PrefixTable } from "../../domain/prefix-table.js";
import { parseAddress } from "../ipaddr/parse-address.js";
import type { RadiusClient } from "./radius-client.js";

/** Source addresses whose client is remembered; beyond, all are forgotten and found anew. */
const MAX_KNOWN_SOURCES = 4_096;

/**
 * The clients as they are now, found by source address and nothing else. RFC 2865 section 3, RFC 5080 section 2.7.2.
 * A request keeps the client that it came from: one that waits is answered under the secret it was checked with, whatever
 * happens to the client meanwhile, even when it is removed. What was let in is finished; only what comes anew is refused.
 */
export class ClientRegistry {
  readonly #byName = new Map<string, RadiusClient>();
  readonly #byAddress = new PrefixTable<RadiusClient>();
  readonly #byCertificate = new Map<string, RadiusClient>();
  /** Almost every packet comes from an address that was seen before: reading it costs more than all the rest here. */
  readonly #known = new Map<string, RadiusClient | undefined>();
  readonly #onRemoved: ((name: string) => void)[] = [];

  /** Takes a client's newest state; an older one than is known changes nothing. */
  put(client: RadiusClient): void {
    const before = this.#byName.get(client.name);
    if (before !== undefined && before.generation >= client.generation) return;
    if (before !== undefined) this.#forget(before);
    for (const prefix of client.prefixes) this.#byAddress.add(prefix, client);
    for (const certificate of client.certificates ?? []) this.#byCertificate.set(certificate, client);
    this.#byName.set(client.name, client);
    this.#known.clear();
  }

  remove(name: string): void {
    const client = this.#byName.get(name);
    if (client === undefined) return;
    this.#forget(client);
    this.#byName.delete(name);
    this.#known.clear();
    for (const listener of this.#onRemoved) listener(name);
  }

  /** For whoever keeps something by the names of clients: told of each client that is gone. */
  onRemoved(listener: (name: string) => void): void {
    this.#onRemoved.push(listener);
  }

  /** In the order of their names. */
  all(): readonly RadiusClient[] {
    return [...this.#byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @param sourceAddress as the system writes it; the client with the longest prefix that holds it */
  find(sourceAddress: string): RadiusClient | undefined {
    const known = this.#known.get(sourceAddress);
    if (known !== undefined || this.#known.has(sourceAddress)) return known;
    const address: IpAddress | undefined = parseAddress(sourceAddress);
    const client = address && this.#byAddress.find(address);
    if (this.#known.size >= MAX_KNOWN_SOURCES) this.#known.clear();
    this.#known.set(sourceAddress, client);
    return client;
  }

  /**
   * The client that one of these certificate names belongs to, the first of them that is known.
   * @param names of one certificate, the most telling first, as `certificate-names.ts` writes them
   */
  findByCertificate(names: readonly string[]): RadiusClient | undefined {
    for (const name of names) {
      const client = this.#byCertificate.get(name);
      if (client !== undefined) return client;
    }
    return undefined;
  }

  #forget(client: RadiusClient): void {
    for (const prefix of client.prefixes) this.#byAddress.remove(prefix, client);
    for (const certificate of client.certificates ?? []) {
      if (this.#byCertificate.get(certificate) === client) this.#byCertificate.delete(certificate);
    }
  }
}
