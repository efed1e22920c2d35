import { BlockList, isIP } from "node:net";

/** Networks that no push service is in. RFC 6890 and what came after it. */
const NOT_PUBLIC_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
] as const;
/** All global unicast of IPv6 is in this one, apart from what is named below it. */
const PUBLIC_V6 = "2000::/3";
/** Teredo, benchmarks and ORCHID, documentation, 6to4, and both prefixes of NAT64 lead to addresses that nobody has looked at. */
const NOT_PUBLIC_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"] as const;

const notPublicV4 = listOf(NOT_PUBLIC_V4, "ipv4");
const publicV6 = listOf([PUBLIC_V6], "ipv6");
const notPublicV6 = listOf(NOT_PUBLIC_V6, "ipv6");

/** Whether an address belongs to the internet, and not to this machine, its networks or nobody. Anything else is none. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublicV4.check(address, "ipv4");
  if (family === 6) return publicV6.check(address, "ipv6") && !notPublicV6.check(address, "ipv6");
  return false;
}

export interface PushEndpoint {
  readonly url: string;
  /** To be looked up and judged; undefined where the URL has an address that is public. */
  readonly host: string | undefined;
}

const MAX_ENDPOINT_LENGTH = 1_024;

/**
 * Reads where a browser wants to be woken. We call that URL, so it must not lead into our own networks: https, no user in
 * it, and a host that is on the internet.
 * @param allowLoopback for tests: any host, and http too
 * @returns undefined when it is not allowed
 */
export function readPushEndpoint(text: string, allowLoopback: boolean): PushEndpoint | undefined {
  if (text.length > MAX_ENDPOINT_LENGTH || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  if (allowLoopback && (url.protocol === "https:" || url.protocol === "http:")) return { url: text, host: undefined };
  if (url.protocol !== "https:") return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return isPublicAddress(host) ? { url: text, host: undefined } : undefined;
  return { url: text, host };
}

function listOf(networks: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", length] = network.split("/");
    list.addSubnet(address, Number(length), family);
  }
  return list;
}
