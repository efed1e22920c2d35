import { BlockList, isIP } from "node:net";
import type { DeviceRequest } from "./call.js";

/** Proxies in a row that are looked through. */
const MAX_HOPS = 8;
const MAX_HEADER_LENGTH = 512;

/**
 * Which address a call comes from. What proxies in front of us say is believed of those only that the operator names, and
 * of what they add themselves: the last address in X-Forwarded-For that is none of theirs.
 */
export class SourceAddresses {
  readonly #proxies = new BlockList();

  /** @param proxies addresses and networks (CIDR) */
  constructor(proxies: readonly string[]) {
    for (const proxy of proxies) {
      const [address = "", length] = proxy.split("/");
      const family = isIP(address) === 6 ? "ipv6" : "ipv4";
      if (length === undefined) this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(length), family);
    }
  }

  of({ raw, headers }: DeviceRequest): string {
    let address = plain(raw.socket.remoteAddress ?? "local");
    const header = headers["x-forwarded-for"];
    const text = typeof header === "string" ? header.slice(-MAX_HEADER_LENGTH) : "";
    const hops = text
      .split(",")
      .map((hop) => hop.trim())
      .slice(-MAX_HOPS);
    while (this.#isProxy(address)) {
      const before = hops.pop();
      if (before === undefined || isIP(before) === 0) break;
      address = plain(before);
    }
    return address;
  }

  #isProxy(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#proxies.check(address, family === 6 ? "ipv6" : "ipv4");
  }
}

/** An address of IPv4 as such, whatever socket it came by. */
function plain(address: string): string {
  return address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
