import { BlockList, isIP } from "node:net";

/** A network by its first address and the length of its prefix. */
export interface Network {
  readonly address: string;
  readonly prefixLength: number;
}

/** A CIDR as the configuration writes it. Throws for anything else. */
export function networkOf(cidr: string): Network {
  const [address = "", length = ""] = cidr.split("/");
  const family = isIP(address);
  const prefixLength = Number(length);
  const longest = family === 6 ? 128 : 32;
  if (family === 0 || !/^[0-9]{1,3}$/.test(length) || prefixLength > longest) throw new Error(`${cidr} is no network.`);
  return { address, prefixLength };
}

/** Whether a station is an address within one of the networks; what is no address is within none. */
export function isTrusted(station: string, networks: readonly Network[]): boolean {
  const family = isIP(station);
  if (family === 0 || networks.length === 0) return false;
  const list = new BlockList();
  for (const { address, prefixLength } of networks) {
    list.addSubnet(address, prefixLength, isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list.check(station, family === 6 ? "ipv6" : "ipv4");
}
