import { AttributeType, Code } from "../attributes.js";
import { verifyMessageAuthenticator, verifyResponseAuthenticator } from "../authenticators.js";
import { isMalformed, MALFORMED_REASONS } from "../malformed.js";
import { decode, type Packet } from "../packet.js";
import type { SharedSecret } from "../shared-secret.js";

/** Why a datagram is not the reply that is waited for. Closed: it is also a metric label. */
export const REPLY_FAULTS = [
  ...MALFORMED_REASONS,
  /** A code that does not answer this request. */
  "code-unexpected",
  /** The Identifier of another request. */
  "identifier-other",
  /** A wrong secret, a reply to another request, or an attack. */
  "response-authenticator-wrong",
  /** A wrong secret, or an attack. */
  "message-authenticator-wrong",
  /** None, though the caller or an EAP-Message requires it: an old server, or BlastRADIUS. */
  "message-authenticator-missing",
] as const;

/** @see REPLY_FAULTS */
export type ReplyFault = (typeof REPLY_FAULTS)[number];

/** A datagram that is ignored as if it had not come. */
export interface IgnoredReply {
  readonly ignored: ReplyFault;
}

export interface ReplyExpectation {
  /** The request as it was sent. */
  readonly request: Packet;
  readonly secret: SharedSecret;
  /** Whether a reply without Message-Authenticator is ignored. A wrong one always is. */
  readonly requireMessageAuthenticator: boolean;
}

/**
 * Decides whether a datagram answers a request: lengths, Identifier, code, Response Authenticator, Message-Authenticator; in
 * this order. RFC 2865 section 3, RFC 3579 section 3.2. Pure.
 * @returns the reply, a view of the datagram, or why it is ignored. Never throws.
 */
export function verifyReply(datagram: Uint8Array, expectation: ReplyExpectation): Packet | IgnoredReply {
  const { request, secret } = expectation;
  const reply = decode(datagram);
  if (isMalformed(reply)) {
    return { ignored: reply.malformed };
  }
  if (reply.identifier !== request.identifier) {
    return { ignored: "identifier-other" };
  }
  if (!answers(reply.code, request.code)) {
    return { ignored: "code-unexpected" };
  }
  if (!verifyResponseAuthenticator(reply, secret, request.authenticator)) {
    return { ignored: "response-authenticator-wrong" };
  }
  const check = verifyMessageAuthenticator(reply, secret, request.authenticator);
  if (check === "wrong") {
    return { ignored: "message-authenticator-wrong" };
  }
  const accepted = check === "valid" || mayBeUnsigned(reply, expectation);
  return accepted ? reply : { ignored: "message-authenticator-missing" };
}

/** Accounting-Response has none by its RFC and cannot be forged to more than a receipt. */
function mayBeUnsigned(reply: Packet, { requireMessageAuthenticator }: ReplyExpectation): boolean {
  return (
    reply.code === Code.AccountingResponse || (!requireMessageAuthenticator && !reply.has(AttributeType.EapMessage))
  );
}

function answers(replyCode: number, requestCode: number): boolean {
  switch (replyCode) {
    case Code.AccessReject:
    case Code.AccessChallenge:
      return requestCode === Code.AccessRequest;
    case Code.AccessAccept:
      return requestCode === Code.AccessRequest || requestCode === Code.StatusServer;
    case Code.AccountingResponse:
      return requestCode === Code.AccountingRequest || requestCode === Code.StatusServer;
    case Code.ProtocolError:
      return true;
    default:
      return false;
  }
}

/** Tells an ignored datagram from a reply. */
export function isIgnored(value: Packet | IgnoredReply): value is IgnoredReply {
  return "ignored" in value;
}
