import { AttributeType, Code, type RequestCode } from "../attributes.js";
import { encodeRequest, type TooBig } from "../encode.js";
import { changeHidden } from "../hop/change-hidden.js";
import { octetsOf } from "../hop/clear-attributes.js";
import { reveal } from "../hop/hiding.js";
import { isMalformed, type Malformed } from "../malformed.js";
import { type Attribute, AUTHENTICATOR_BYTES, decode, HEADER_BYTES, type Packet } from "../packet.js";
import type { SharedSecret } from "../shared-secret.js";
import { encryptUserPassword } from "../user-password.js";

const TOKEN_AT = 4;
const TOKEN_BYTES = 4;

/** A request in the form that every other transport has, and what its reply needs to go back. */
export interface TranslatedRequest {
  readonly octets: Buffer;
  /** 32 bits; the client uses it for one request at a time of a connection. */
  readonly token: number;
}

/** A CHAP-Password whose challenge would be the Request Authenticator, which RADIUS/1.1 does not have. RFC 9765 section 5.1.2. */
export type NoChallenge = "chap-challenge-missing";

/**
 * Translates a request of RADIUS/1.1 (RFC 9765 section 4.1) into one of RADIUS as it always was, under a secret that both
 * translations know:
 *
 *     Code (1), Reserved-1 (1), Length (2, big endian), Token (4), Reserved-2 (12), attributes
 *
 * The reserved fields and a Message-Authenticator are ignored; User-Password (plain there) is hidden; the Request Authenticator is made of
 * the Token, so the same request is the same octets. Codes other than ours come back as they are, to be refused as everywhere.
 * @param packet of a stream, so of the length that it says
 */
export function fromRadius11(
  packet: Uint8Array,
  secret: SharedSecret,
): TranslatedRequest | Malformed | TooBig | NoChallenge {
  const request = decode(packet);
  if (isMalformed(request)) {
    return request;
  }
  const token = Buffer.from(request.octets.buffer, request.octets.byteOffset + TOKEN_AT, TOKEN_BYTES).readUInt32BE();
  const code = requestCodeOf(request);
  if (code === undefined) {
    return { octets: Buffer.from(request.octets), token };
  }
  if (request.has(AttributeType.ChapPassword) && !request.has(AttributeType.ChapChallenge)) {
    return "chap-challenge-missing";
  }
  const authenticator = new Uint8Array(AUTHENTICATOR_BYTES);
  authenticator.set(request.octets.subarray(TOKEN_AT, TOKEN_AT + TOKEN_BYTES));
  const attributes: Attribute[] = [];
  for (const attribute of request.attributes()) {
    const hidden = hiddenForOneHop(attribute, secret, authenticator);
    if (isMalformed(hidden)) {
      return hidden;
    }
    attributes.push(hidden);
  }
  const octets = encodeRequest({ code, identifier: token & 0xff, authenticator, secret, attributes });
  return octets === "too-big" ? octets : { octets, token };
}

/**
 * Translates the reply to such a request: the Token in place of Identifier and authenticator, no Message-Authenticator, every hidden value
 * plain (RFC 9765 section 5.1); everything else octet for octet.
 * @param reply as it would go to a client of any other transport, under the same secret
 * @throws TypeError for octets that are no such reply, which is a bug of whoever encoded it
 */
export function toRadius11(reply: Uint8Array, request: TranslatedRequest, secret: SharedSecret): Buffer {
  const packet = decode(reply);
  if (isMalformed(packet)) {
    throw new TypeError(`a reply does not decode: ${packet.malformed}`);
  }
  const requestAuthenticator = request.octets.subarray(TOKEN_AT, HEADER_BYTES);
  const attributes: Attribute[] = [];
  for (const attribute of packet.attributes()) {
    if (attribute.type === AttributeType.MessageAuthenticator) {
      continue;
    }
    const plain = changeHidden(attribute, (value, hiding) => reveal(value, hiding, { secret, requestAuthenticator }));
    if (isMalformed(plain)) {
      throw new TypeError(`attribute ${attribute.type} of a reply cannot be revealed: ${plain.malformed}`);
    }
    attributes.push(plain);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  const octets = Buffer.concat([header, octetsOf(attributes)]);
  octets.writeUInt8(packet.code, 0);
  octets.writeUInt16BE(octets.length, 2);
  octets.writeUInt32BE(request.token, TOKEN_AT);
  return octets;
}

function requestCodeOf({ code }: Packet): RequestCode | undefined {
  switch (code) {
    case Code.AccessRequest:
    case Code.AccountingRequest:
    case Code.StatusServer:
      return code;
    default:
      return undefined;
  }
}

function hiddenForOneHop(
  { type, value }: Attribute,
  secret: SharedSecret,
  authenticator: Uint8Array,
): Attribute | Malformed {
  if (type !== AttributeType.UserPassword) {
    return { type, value };
  }
  const hidden = encryptUserPassword(value, secret, authenticator);
  return isMalformed(hidden) ? hidden : { type, value: hidden };
}
