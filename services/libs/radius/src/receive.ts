import { Code, type RequestCode } from "./attributes.js";
import { verifyAccountingAuthenticator, verifyMessageAuthenticator, ZERO_AUTHENTICATOR } from "./authenticators.js";
import { eapLengthFits } from "./eap.js";
import { isMalformed, MALFORMED_REASONS } from "./malformed.js";
import { decodeAttributes, headerFault, type Packet } from "./packet.js";
import { type Presence, presenceOf } from "./presence.js";
import type { SharedSecret } from "./shared-secret.js";

/** Why a request is discarded without an answer. Closed: it is also a metric label. */
export const DISCARD_REASONS = [
  ...MALFORMED_REASONS,
  /** The code is no request, or not one of this port. */
  "code-not-allowed",
  /** No Message-Authenticator, and the client's setting, EAP-Message or Status-Server requires it. */
  "message-authenticator-missing",
  /** Proxy-State without Message-Authenticator, and the client's `limitProxyState` is on: what BlastRADIUS looks like. */
  "proxy-state-unsigned",
  /** Neither a credential nor a Message-Authenticator. RFC 3579 section 3.3 note 1. RD Gateway behind an NPS does this. */
  "credential-missing-unsigned",
  /** A wrong secret, or an attack. */
  "message-authenticator-wrong",
  /** A wrong secret, or an attack, on the accounting port. */
  "request-authenticator-wrong",
  /** EAP-Message together with another credential. RFC 3579 section 3.3 note 1. */
  "eap-with-password",
  /** Two kinds of password. RFC 2865 section 4.1, RFC 3579 section 3.3 note 1. */
  "several-passwords",
  /** User-Name, a password or State twice, so that two readers could read two logins. RFC 2865 section 5.44. */
  "attribute-repeated",
  /** The length inside the EAP packet is not that of the joined EAP-Message attributes. RFC 3748 section 4. */
  "eap-length",
] as const;

/** @see DISCARD_REASONS */
export type DiscardReason = (typeof DISCARD_REASONS)[number];

/** A request that passed everything the codec can check. */
export interface ReceivedRequest {
  readonly packet: Packet;
  /** The secret under which it verified; the first one when there was nothing to verify. Replies are signed with it. */
  readonly secret: SharedSecret;
  /** Whether the request proved the secret. False: nothing in it is authenticated. */
  readonly authenticated: boolean;
}

/** A request that gets no answer and must leave no trace but a count. */
export interface Discarded {
  readonly discard: DiscardReason;
}

/** The client's settings, as far as they decide what is received. */
export interface ReceiveOptions {
  /** The newest first; two during a rotation. */
  readonly secrets: readonly [SharedSecret, ...SharedSecret[]];
  /** Access-Request must carry a Message-Authenticator. */
  readonly requireMessageAuthenticator: boolean;
  /** Access-Request with Proxy-State must carry a Message-Authenticator. */
  readonly limitProxyState: boolean;
  /** Take an Access-Request with neither credential nor Message-Authenticator. Off unless switched on for the client. */
  readonly allowUnsignedWithoutCredential?: boolean;
  /** What the port takes: 1 and 12, or 4 and 12. */
  readonly allowedCodes: readonly RequestCode[];
}

/**
 * Decides whether a datagram is a request to work on: length, code, attributes, the presence and then the value of
 * Message-Authenticator, the accounting authenticator, EAP; in this order, cheap first. Pure: no state, no clock.
 *
 * The client's settings are found by the source address before; duplicates are looked up after, with `packet.octets`. Reply
 * with `encodeReply({ request: packet, secret, ... })`, which copies the Proxy-States. The packet is a view of the datagram.
 * @returns the packet and its secret, or the reason to discard it. Never throws.
 */
export function receiveRequest(datagram: Uint8Array, options: ReceiveOptions): ReceivedRequest | Discarded {
  const wrongHeader = headerFault(datagram);
  if (wrongHeader !== undefined) {
    return discard(wrongHeader);
  }
  if (!isAllowed(datagram[0] as number, options.allowedCodes)) {
    return discard("code-not-allowed");
  }
  const packet = decodeAttributes(datagram);
  if (isMalformed(packet)) {
    return discard(packet.malformed);
  }
  const presence = presenceOf(packet);
  const unsigned = packet.hasMessageAuthenticator ? undefined : unsignedFault(packet.code, presence, options);
  if (unsigned !== undefined) {
    return discard(unsigned);
  }
  const authenticated = authenticate(packet, options.secrets);
  if ("discard" in authenticated) {
    return authenticated;
  }
  const inconsistent = presence.fault ?? (presence.eap && !eapLengthFits(packet) ? "eap-length" : undefined);
  return inconsistent === undefined ? authenticated : discard(inconsistent);
}

/** An unlisted code is never a request, whatever the port's list says. */
function isAllowed(code: number, allowed: readonly number[]): boolean {
  switch (code) {
    case Code.AccessRequest:
    case Code.AccountingRequest:
    case Code.StatusServer:
      return allowed.includes(code);
    default:
      return false;
  }
}

/** Which rule a packet without Message-Authenticator breaks, if any. Accounting needs none: its authenticator is keyed. */
function unsignedFault(code: number, presence: Presence, options: ReceiveOptions): DiscardReason | undefined {
  if (presence.eap || code === Code.StatusServer) {
    return "message-authenticator-missing";
  }
  if (code === Code.AccountingRequest) {
    return undefined;
  }
  if (options.requireMessageAuthenticator) {
    return "message-authenticator-missing";
  }
  if (options.limitProxyState && presence.proxyState) {
    return "proxy-state-unsigned";
  }
  const needsCredential = options.allowUnsignedWithoutCredential !== true;
  return needsCredential && !presence.credential ? "credential-missing-unsigned" : undefined;
}

/** Finds the secret under which the packet verifies; two at most, so the time to try both tells nothing of use. */
function authenticate(packet: Packet, secrets: ReceiveOptions["secrets"]): ReceivedRequest | Discarded {
  const accounting = packet.code === Code.AccountingRequest;
  if (!packet.hasMessageAuthenticator && !accounting) {
    return { packet, secret: secrets[0], authenticated: false };
  }
  let fault: DiscardReason = "message-authenticator-wrong";
  for (const secret of secrets) {
    const authenticator = accounting ? ZERO_AUTHENTICATOR : undefined;
    if (verifyMessageAuthenticator(packet, secret, authenticator) === "wrong") {
      continue;
    }
    if (!accounting || verifyAccountingAuthenticator(packet, secret)) {
      return { packet, secret, authenticated: true };
    }
    fault = "request-authenticator-wrong";
  }
  return discard(fault);
}

const DISCARDS = new Map<DiscardReason, Discarded>(
  DISCARD_REASONS.map((reason) => [reason, Object.freeze({ discard: reason })]),
);

function discard(reason: DiscardReason): Discarded {
  return DISCARDS.get(reason) ?? { discard: reason };
}
