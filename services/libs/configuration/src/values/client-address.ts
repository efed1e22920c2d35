import { fail, ok, type Result } from "@portcullis/kit";
import ipaddr from "ipaddr.js";

/** Enough for the longest address with a length; what is longer is refused before it is parsed. */
const MAX_ADDRESS_LENGTH = 64;

/**
 * Reads an address or network of a client: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
 * @returns the canonical form with its length always written (`192.0.2.7/32`; IPv6 as in RFC 5952), or what is wrong.
 * Host bits set in a network are an error: it is unclear whether the host or the network was meant.
 */
export function parseClientAddress(text: string): Result<string, string> {
  const notAnAddress = fail("must be an IPv4 or IPv6 address or network, such as 192.0.2.0/24");
  if (text.length > MAX_ADDRESS_LENGTH) return notAnAddress;
  const [, host = "", lengthText] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseHost(host);
  if (address === undefined) return notAnAddress;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    return fail(`must be written as IPv4: ${address.toIPv4Address().toString()}`);
  }
  const bits = address.toByteArray().length * 8;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (length > bits) return fail(`the length of the network must be between 0 and ${bits}`);
  const network = networkOf(address, length);
  if (network !== print(address)) {
    return fail(`has host bits set: write ${network}/${length}, or ${print(address)} for the one host`);
  }
  return ok(`${network}/${length}`);
}

function parseHost(host: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (host.includes("%")) return undefined;
  if (host.includes(":")) return ipaddr.IPv6.isValid(host) ? ipaddr.IPv6.parse(host) : undefined;
  return ipaddr.IPv4.isValidFourPartDecimal(host) ? ipaddr.IPv4.parse(host) : undefined;
}

function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6, length: number): string {
  const masked = address.toByteArray().map((byte, at) => {
    const kept = Math.min(8, Math.max(0, length - at * 8));
    return byte & (0xff00 >> kept);
  });
  return print(ipaddr.fromByteArray(masked));
}

function print(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
