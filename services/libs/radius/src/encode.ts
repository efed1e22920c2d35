import { AttributeType, Code, type ReplyCode, type RequestCode } from "./attributes.js";
import { ZERO_AUTHENTICATOR } from "./authenticators.js";
import { DIGEST, MD5_BYTES, workspace } from "./md5.js";
import {
  type Attribute,
  AUTHENTICATOR_AT,
  AUTHENTICATOR_BYTES,
  HEADER_BYTES,
  MAX_PACKET_BYTES,
  MAX_VALUE_BYTES,
  MESSAGE_AUTHENTICATOR_BYTES,
  type Packet,
} from "./packet.js";
import { isAllowedInReject } from "./reject-attributes.js";
import type { SharedSecret } from "./shared-secret.js";

/** The packet would have more than 4096 octets. Nothing was encoded; a truncated packet is never made. */
export type TooBig = "too-big";

export interface ReplyToEncode {
  readonly code: ReplyCode;
  /** The request that is answered: its Identifier, Authenticator and Proxy-States go into the reply. */
  readonly request: Packet;
  readonly secret: SharedSecret;
  /**
   * In the order of the reply. Message-Authenticator and Proxy-State among them are left out: they belong to one hop. So is
   * what an Access-Reject must not hold.
   */
  readonly attributes: readonly Attribute[];
}

export interface RequestToEncode {
  readonly code: RequestCode;
  /** 0 to 255. */
  readonly identifier: number;
  /** 16 random octets. An Accounting-Request computes its own and ignores this. */
  readonly authenticator: Uint8Array;
  readonly secret: SharedSecret;
  /** In the order of the request. A Message-Authenticator among them is left out: we make it. */
  readonly attributes: readonly Attribute[];
}

/** From here on `set` is faster than a loop. */
const LONG_BYTES = 24;

const REPLY_OMITS_PROXY_STATE = AttributeType.ProxyState;
const OMITS_NOTHING_MORE = AttributeType.MessageAuthenticator;

/**
 * Encodes a reply:
 *
 *     Code, Identifier, Length, Response Authenticator, Message-Authenticator, attributes, Proxy-States of the request
 *
 * Message-Authenticator comes first and is always there, against BlastRADIUS (draft-ietf-radext-deprecating-radius); only
 * Accounting-Response has none, whose form no RFC settles. It is HMAC-MD5 over the reply with the Request Authenticator in
 * place (RFC 3579 section 3.2), then Response Authenticator is MD5 over that and the secret (RFC 2865 section 3).
 *
 * The caller gives the attributes of its decision only. The Proxy-States are copied from the request here, unmodified and in
 * order; an Access-Reject loses whatever authorises, see {@link isAllowedInReject}. After "too-big" send a reply without
 * attributes, which always fits.
 * @returns octets of their own, the same for the same input; or "too-big"
 * @throws RangeError for an attribute that cannot be, which is a bug of the caller
 */
export function encodeReply(reply: ReplyToEncode): Buffer | TooBig {
  const { code, request, secret } = reply;
  const attributes = code === Code.AccessReject ? reply.attributes.filter(isAllowedInReject) : reply.attributes;
  const signed = code !== Code.AccountingResponse;
  const start = signed ? HEADER_BYTES + MESSAGE_AUTHENTICATOR_BYTES : HEADER_BYTES;
  const afterAttributes = placeAttributes(attributes, start, REPLY_OMITS_PROXY_STATE);
  const length = placeProxyStates(request, afterAttributes);
  if (length > MAX_PACKET_BYTES) {
    return "too-big";
  }
  placeHeader(code, request.identifier, length);
  placeOctets(request.octets, AUTHENTICATOR_AT, AUTHENTICATOR_BYTES, AUTHENTICATOR_AT);
  if (signed) {
    signAtStart(secret, length);
  }
  secret.digestWorkspaceThenSecret(length);
  placeOctets(workspace, DIGEST, AUTHENTICATOR_BYTES, AUTHENTICATOR_AT);
  return takeOut(length);
}

/**
 * Encodes a request as a client sends it. Access-Request and Status-Server: the authenticator as given and
 * Message-Authenticator as first attribute. Accounting-Request: the authenticator of RFC 2866 section 3 and no
 * Message-Authenticator.
 * @returns octets of their own, the same for the same input; or "too-big"
 * @throws RangeError for an identifier, authenticator or attribute that cannot be, which is a bug of the caller
 */
export function encodeRequest(request: RequestToEncode): Buffer | TooBig {
  const { code, identifier, authenticator, secret, attributes } = request;
  const signed = code !== Code.AccountingRequest;
  if (!Number.isInteger(identifier) || identifier < 0 || identifier > 255) {
    throw new RangeError(`an Identifier is 0 to 255, not ${identifier}`);
  }
  if (signed && authenticator.length !== AUTHENTICATOR_BYTES) {
    throw new RangeError(`a Request Authenticator has 16 octets, not ${authenticator.length}`);
  }
  const start = signed ? HEADER_BYTES + MESSAGE_AUTHENTICATOR_BYTES : HEADER_BYTES;
  const length = placeAttributes(attributes, start, OMITS_NOTHING_MORE);
  if (length > MAX_PACKET_BYTES) {
    return "too-big";
  }
  placeHeader(code, identifier, length);
  if (signed) {
    placeOctets(authenticator, 0, AUTHENTICATOR_BYTES, AUTHENTICATOR_AT);
    signAtStart(secret, length);
  } else {
    workspace.fill(0, AUTHENTICATOR_AT, HEADER_BYTES);
    secret.digestWorkspaceThenSecret(length);
    placeOctets(workspace, DIGEST, AUTHENTICATOR_BYTES, AUTHENTICATOR_AT);
  }
  return takeOut(length);
}

function placeHeader(code: number, identifier: number, length: number): void {
  workspace[0] = code;
  workspace[1] = identifier;
  workspace[2] = length >> 8;
  workspace[3] = length;
}

/** Puts the attributes behind each other; beyond the largest packet it goes on counting but writes nothing. */
function placeAttributes(attributes: readonly Attribute[], start: number, omitted: number): number {
  let at = start;
  for (const { type, value } of attributes) {
    if (type === AttributeType.MessageAuthenticator || type === omitted) {
      continue;
    }
    const length = value.length;
    if (!Number.isInteger(type) || type < 1 || type > 255 || length > MAX_VALUE_BYTES) {
      throw new RangeError(`attribute ${type} with ${length} octets cannot be encoded`);
    }
    if (at + 2 + length <= MAX_PACKET_BYTES) {
      workspace[at] = type;
      workspace[at + 1] = length + 2;
      placeValue(value, at + 2);
    }
    at += 2 + length;
  }
  return at;
}

function placeProxyStates(request: Packet, start: number): number {
  const octets = request.octets;
  let at = start;
  for (let index = 0; index < request.attributeCount; index++) {
    if (request.typeAt(index) === AttributeType.ProxyState) {
      const from = request.startAt(index);
      const length = octets[from + 1] as number;
      if (at + length <= MAX_PACKET_BYTES) {
        placeOctets(octets, from, length, at);
      }
      at += length;
    }
  }
  return at;
}

function signAtStart(secret: SharedSecret, length: number): void {
  workspace[HEADER_BYTES] = AttributeType.MessageAuthenticator;
  workspace[HEADER_BYTES + 1] = MESSAGE_AUTHENTICATOR_BYTES;
  placeOctets(ZERO_AUTHENTICATOR, 0, MD5_BYTES, HEADER_BYTES + 2);
  secret.signWorkspace(length);
  placeOctets(workspace, DIGEST, MD5_BYTES, HEADER_BYTES + 2);
}

/** A loop for what is short, because there a call of `set` costs more. */
function placeValue(value: Uint8Array, at: number): void {
  if (value.length > LONG_BYTES) {
    workspace.set(value, at);
  } else {
    placeOctets(value, 0, value.length, at);
  }
}

function placeOctets(from: Uint8Array, fromAt: number, length: number, at: number): void {
  for (let index = 0; index < length; index++) {
    workspace[at + index] = from[fromAt + index] as number;
  }
}

function takeOut(length: number): Buffer {
  const packet = Buffer.allocUnsafe(length);
  packet.set(workspace.subarray(0, length));
  return packet;
}
