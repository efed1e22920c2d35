import { isIP } from "node:net";
import { PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";
import { parsePrefix } from "./adapters/ipaddr/parse-address.js";

const LISTEN = /^(?:\[(?<ipv6>[^\]]+)\]|(?<ipv4>[^:]+)):(?<port>\d{1,5})$/;

/** Reads `192.0.2.1:1812` or `[2001:db8::1]:1812`; addresses only, a name could mean several. */
function addressOf(text: string): { readonly address: string; readonly port: number } | undefined {
  const { ipv6, ipv4, port } = LISTEN.exec(text.trim())?.groups ?? {};
  const address = ipv6 ?? ipv4 ?? "";
  const family = ipv6 === undefined ? 4 : 6;
  return isIP(address) === family && Number(port) <= 65_535 ? { address, port: Number(port) } : undefined;
}

/** Reads `192.0.2.0/24` or one address. */
function networkOf(text: string): string | undefined {
  const trimmed = text.trim();
  const family = isIP(trimmed);
  const network = family === 0 ? trimmed : `${trimmed}/${family === 4 ? 32 : 128}`;
  return parsePrefix(network) === undefined ? undefined : network;
}

const NONE = "none";

/** A list whose parts are separated by commas; `none` is an empty one (an empty variable is as good as none at all). */
function listOf<Part>(read: (text: string) => Part | undefined, rule: string) {
  return z.string().transform((text, context): readonly Part[] => {
    if (text === NONE) return [];
    const parts = text.split(",").map(read);
    const known = parts.filter((part) => part !== undefined);
    if (known.length === parts.length) return known;
    context.addIssue(rule);
    return z.NEVER;
  });
}

const addresses = listOf(addressOf, "must be a list of address:port, IPv6 addresses in brackets");
const networks = listOf(networkOf, "must be a list of addresses and networks, such as 192.0.2.0/24");

/** The settings of the gateway. */
export const Environment = PlatformEnvironment.extend({
  PORTCULLIS_RADIUS_LISTEN: addresses
    .prefault("0.0.0.0:1812")
    .describe(
      "UDP addresses and ports of authentication, separated by commas, or none. A host with several addresses names each, so that replies leave from the one that was asked.",
    ),
  PORTCULLIS_RADIUS_ACCT_LISTEN: addresses
    .prefault(NONE)
    .describe("UDP addresses and ports of accounting, as those of authentication, 0.0.0.0:1813 for example, or none."),
  PORTCULLIS_RADIUS_TLS_LISTEN: addresses
    .prefault(NONE)
    .describe("TCP addresses and ports of RADIUS/TLS (RadSec), 0.0.0.0:2083 for example, or none."),
  PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: z
    .string()
    .default("")
    .describe("The gateway's certificate and what leads to its root (PEM), for RADIUS/TLS."),
  PORTCULLIS_RADIUS_TLS_KEY_FILE: z.string().default("").describe("The private key of that certificate (PEM)."),
  PORTCULLIS_RADIUS_TLS_CA_FILE: z
    .string()
    .default("")
    .describe("The certificates that clients' certificates come from (PEM); nothing else is trusted."),
  PORTCULLIS_RADIUS_PROXY_PROTOCOL: networks
    .prefault(NONE)
    .describe(
      "Addresses and networks of proxies, separated by commas: on every port, what comes from these must begin with a header of the PROXY protocol version 2. Nobody else may send one.",
    ),
  PORTCULLIS_RADIUS_REUSE_PORT: z
    .enum(["true", "false"])
    .default("false")
    .describe(
      "Whether several gateways of one user on one machine may open the same ports, and share what comes (SO_REUSEPORT).",
    ),
  PORTCULLIS_RADIUS_MAX_REQUESTS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(10)
    .max(1_000_000)
    .default(20_000)
    .describe(
      "Most requests a second that this gateway takes from all clients together, before it looks into them; strangers are not counted.",
    ),
  PORTCULLIS_DUPLICATE_WINDOW_MS: z.coerce
    .number()
    .int()
    .min(5_000)
    .max(300_000)
    .default(30_000)
    .describe("How long a reply is kept for retransmissions, in milliseconds; 5000 to 300000."),
  PORTCULLIS_DRAIN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(120_000)
    .default(5_000)
    .describe(
      "How long a gateway that leaves still serves everything, in milliseconds: until nobody sends to it any more.",
    ),
  PORTCULLIS_DRAIN_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(120_000)
    .default(15_000)
    .describe("How long what then waits for its reply may take to finish, in milliseconds."),
});
