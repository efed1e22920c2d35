import { type IpAddress, PrefixTable } from "../../domain/prefix-table.js";
import { parseAddress } from "../ipaddr/parse-address.js";
import type { RadiusClient } from "./radius-client.js";

/** Source addresses whose client is remembered; beyond, all are forgotten and found anew. */
const MAX_KNOWN_SOURCES = 4_096;

/** The clients as they are now, found by source address and nothing else. RFC 2865 section 3, RFC 5080 section 2.7.2. */
export class ClientRegistry {
  readonly #byName = new Map<string, RadiusClient>();
  readonly #byAddress = new PrefixTable<RadiusClient>();
  /** Almost every packet comes from an address that was seen before: reading it costs more than all the rest here. */
  readonly #known = new Map<string, RadiusClient | undefined>();

  /** Takes a client's newest state; an older one than is known changes nothing. */
  put(client: RadiusClient): void {
    const before = this.#byName.get(client.name);
    if (before !== undefined && before.generation >= client.generation) return;
    if (before !== undefined) this.#forget(before);
    for (const prefix of client.prefixes) this.#byAddress.add(prefix, client);
    this.#byName.set(client.name, client);
    this.#known.clear();
  }

  remove(name: string): void {
    const client = this.#byName.get(name);
    if (client === undefined) return;
    this.#forget(client);
    this.#byName.delete(name);
    this.#known.clear();
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

  #forget(client: RadiusClient): void {
    for (const prefix of client.prefixes) this.#byAddress.remove(prefix, client);
  }
}
