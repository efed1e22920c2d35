import {
  Code,
  type DiscardReason,
  MALFORMED_REASONS,
  type ReceivedRequest,
  type RequestCode,
  receiveRequest,
  SharedSecret,
} from "@portcullis/radius";
import type { RadiusClient } from "./radius-client.js";
import type { PortKind } from "./sender.js";

/** RFC 2865 section 3, RFC 5997 section 4.2, RFC 6614 section 2.1: over TLS one port takes all. */
const CODES: Readonly<Record<PortKind, readonly RequestCode[]>> = {
  authentication: [Code.AccessRequest, Code.StatusServer],
  accounting: [Code.AccountingRequest, Code.StatusServer],
  tls: [Code.AccessRequest, Code.AccountingRequest, Code.StatusServer],
};

/** No secret at all: TLS protects the packets, the digests of RADIUS only stay right. RFC 6614 section 2.3. */
export const RADSEC_SECRET = new SharedSecret("radsec");

/** After these nobody knows what the peer speaks, or whether the stream is still in step. RFC 6613 section 2.6.4. */
const BREAKING: ReadonlySet<DiscardReason> = new Set<DiscardReason>([
  ...MALFORMED_REASONS,
  "message-authenticator-wrong",
  "request-authenticator-wrong",
]);

/** The checks of a datagram itself, and the client's settings for them. */
export function checkDatagram(
  datagram: Uint8Array,
  client: RadiusClient,
  port: PortKind,
): ReceivedRequest | DiscardReason | "secret-unreadable" {
  const [newest, ...older] = client.secrets;
  if (newest === undefined) return "secret-unreadable";
  const received = receiveRequest(datagram, {
    secrets: [newest, ...older],
    requireMessageAuthenticator: client.requireMessageAuthenticator,
    limitProxyState: client.limitProxyState,
    // RFC 3579 section 3.3 note 1 holds unless the requirement was switched off; the configuration's default is on.
    allowUnsignedWithoutCredential: !client.requireMessageAuthenticator,
    allowedCodes: CODES[port],
  });
  return "discard" in received ? received.discard : received;
}

/**
 * The checks of a packet that came over TLS. The client's flags do not count there: what they guard against, TLS does. The
 * packet counts as authenticated for the same reason.
 */
export function checkTlsPacket(packet: Uint8Array): ReceivedRequest | DiscardReason {
  const received = receiveRequest(packet, {
    secrets: [RADSEC_SECRET],
    requireMessageAuthenticator: false,
    limitProxyState: false,
    allowUnsignedWithoutCredential: true,
    allowedCodes: CODES.tls,
  });
  return "discard" in received ? received.discard : { ...received, authenticated: true };
}

/** Whether the connection that such a packet came over must be closed. */
export function breaksConnection(reason: DiscardReason): boolean {
  return BREAKING.has(reason);
}
