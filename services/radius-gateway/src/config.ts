import { isIP } from "node:net";
import { PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";
import type { ListenAddress } from "./adapters/udp/udp-listener.js";

const LISTEN = /^(?:\[(?<ipv6>[^\]]+)\]|(?<ipv4>[^:]+)):(?<port>\d{1,5})$/;

/** Reads `192.0.2.1:1812` or `[2001:db8::1]:1812`; addresses only, a name could mean several. */
function listenAddressOf(text: string): ListenAddress | undefined {
  const { ipv6, ipv4, port } = LISTEN.exec(text.trim())?.groups ?? {};
  const address = ipv6 ?? ipv4 ?? "";
  const family = ipv6 === undefined ? 4 : 6;
  return isIP(address) === family && Number(port) <= 65_535 ? { address, port: Number(port) } : undefined;
}

/** The settings of the gateway. */
export const Environment = PlatformEnvironment.extend({
  PORTCULLIS_RADIUS_LISTEN: z
    .string()
    .default("0.0.0.0:1812")
    .transform((text, context) => {
      const addresses = text.split(",").map(listenAddressOf);
      const known = addresses.filter((address) => address !== undefined);
      if (known.length === addresses.length) return known;
      context.addIssue("must be a list of address:port, IPv6 addresses in brackets");
      return z.NEVER;
    })
    .describe(
      "UDP addresses and ports of authentication, separated by commas. A host with several addresses names each, so that replies leave from the one that was asked.",
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
