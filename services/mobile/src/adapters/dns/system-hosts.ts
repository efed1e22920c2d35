import { lookup } from "node:dns/promises";
import type { Hosts } from "../../application/ports.js";

/** The names of hosts as this machine knows them. */
export class SystemHosts implements Hosts {
  async addressesOf(host: string): Promise<readonly string[]> {
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch {
      return []; // Fail closed: a host of which nobody knows the address is none that we call.
    }
  }
}
