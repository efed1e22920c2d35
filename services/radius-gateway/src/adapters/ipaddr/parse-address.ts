import ipaddr from "ipaddr.js";
import type { IpAddress, IpPrefix } from "../../domain/prefix-table.js";

/**
 * Reads an address as the system writes it; an IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is that IPv4 address, a zone
 * (`fe80::1%eth0`) is left out.
 * @returns undefined for what is no address
 */
export function parseAddress(text: string): IpAddress | undefined {
  const [host = ""] = text.split("%", 1);
  if (!ipaddr.isValid(host)) return undefined;
  return addressOf(ipaddr.process(host));
}

/**
 * Reads a network, `192.0.2.0/24` or `2001:db8::/32`; bits beyond its length do not count.
 * @returns undefined for what is none
 */
export function parsePrefix(text: string): IpPrefix | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, length] = ipaddr.parseCIDR(text);
  const { bits, value } = addressOf(address);
  const hostBits = BigInt(bits - length);
  return { bits, value: (value >> hostBits) << hostBits, length };
}

function addressOf(address: ipaddr.IPv4 | ipaddr.IPv6): IpAddress {
  const octets = address.toByteArray();
  return { bits: octets.length === 4 ? 32 : 128, value: BigInt(`0x${Buffer.from(octets).toString("hex")}`) };
}
