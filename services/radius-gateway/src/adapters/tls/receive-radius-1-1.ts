import { fromRadius11, isMalformed, toRadius11 } from "@portcullis/radius";
import { RADSEC_SECRET } from "../radius/check-packet.js";
import type { RadiusClient } from "../radius/radius-client.js";
import type { RadiusServer } from "../radius/radius-server.js";
import type { Sender } from "../radius/sender.js";

/**
 * Takes one packet of RADIUS/1.1 (RFC 9765). It is translated here, and its reply back, so that nobody behind knows of it:
 * what the digests are made of and what they protect never leaves this process. The Token makes each request an exchange
 * of its own, as the Identifier does elsewhere.
 * @returns whether the connection must be closed
 */
export function receiveRadius11(
  packet: Uint8Array,
  client: RadiusClient,
  { server, sender }: { readonly server: Pick<RadiusServer, "receiveOverTls" | "discard">; readonly sender: Sender },
): boolean {
  const request = fromRadius11(packet, RADSEC_SECRET);
  if (typeof request === "string" || isMalformed(request)) {
    const reason = typeof request === "string" ? (request === "too-big" ? "bad-length" : request) : request.malformed;
    server.discard(reason, sender.sourceAddress, client.name);
    return typeof request !== "string";
  }
  const translating: Sender = {
    ...sender,
    connection: `${sender.connection}/${request.token}`,
    reply: (octets) => sender.reply(toRadius11(octets, request, RADSEC_SECRET)),
  };
  return server.receiveOverTls(request.octets, client, translating) !== undefined;
}
