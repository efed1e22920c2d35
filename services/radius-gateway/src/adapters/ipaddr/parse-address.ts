import ipaddr from "ipaddr.js";
import type { IpAddress, IpPrefix } from "../../domain/prefix-table.js";

/** The part of an IPv6 address that says that an IPv4 address follows. */
const MAPPED_BITS = 96;

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
 * Reads a network, `192.0.2.0/24` or `2001:db8::/32`; bits beyond its length do not count. One inside `::ffff:0:0/96` is that
 * IPv4 network, as its addresses are.
 * @returns undefined for what is none
 */
export function parsePrefix(text: string): IpPrefix | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [written, writtenLength] = ipaddr.parseCIDR(text);
  const mapped = written instanceof ipaddr.IPv6 && written.isIPv4MappedAddress() && writtenLength >= MAPPED_BITS;
  const address = mapped ? written.toIPv4Address() : written;
  const length = mapped ? writtenLength - MAPPED_BITS : writtenLength;
  const { bits, value } = addressOf(address);
  const hostBits = BigInt(bits - length);
  return { bits, value: (value >> hostBits) << hostBits, length };
}

const IPV4_IN_IPV6 = "::ffff:";

/** The address of a socket's peer: an IPv4 address inside IPv6 as that IPv4 address. Cheap, for every packet. */
export function unmapped(address: string): string {
  return address.startsWith(IPV4_IN_IPV6) && address.includes(".") ? address.slice(IPV4_IN_IPV6.length) : address;
}

/** An IPv6 address of 16 octets as text; an IPv4 address inside it (`::ffff:192.0.2.1`) as that IPv4 address. */
export function sourceAddressOf(octets: Uint8Array): string {
  return ipaddr.process(ipaddr.fromByteArray([...octets]).toString()).toString();
}

/** An address as the system would write it; an IPv4 address inside IPv6 as that IPv4 address. @throws for what is none */
export function canonicalAddress(text: string): string {
  return ipaddr.process(text).toString();
}

function addressOf(address: ipaddr.IPv4 | ipaddr.IPv6): IpAddress {
  const octets = address.toByteArray();
  return { bits: octets.length === 4 ? 32 : 128, value: BigInt(`0x${Buffer.from(octets).toString("hex")}`) };
}
