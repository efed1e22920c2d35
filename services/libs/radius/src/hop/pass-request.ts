import { AttributeType, type RequestCode } from "../attributes.js";
import { encodeRequest, type TooBig } from "../encode.js";
import { isMalformed, type Malformed } from "../malformed.js";
import type { Attribute, Packet } from "../packet.js";
import type { SharedSecret } from "../shared-secret.js";
import { decryptUserPassword, encryptUserPassword } from "../user-password.js";
import { attributesOf, octetsOf } from "./clear-attributes.js";

/**
 * The attributes of a client's request as they go to a target, with nothing in them that belongs to the client's hop: no
 * Message-Authenticator, no Proxy-State, User-Password in clear without padding. A CHAP-Password whose challenge is the
 * Request Authenticator (RFC 2865 section 5.3) gets a CHAP-Challenge at the end, since the target sees another
 * authenticator. Everything else octet for octet and in order.
 * @param request verified already
 * @returns octets of their own; Malformed when User-Password has a length that cannot be
 */
export function clearRequestAttributes(request: Packet, secret: SharedSecret): Uint8Array | Malformed {
  const clear: Attribute[] = [];
  for (const attribute of request.attributes()) {
    const { type, value } = attribute;
    if (type === AttributeType.UserPassword) {
      const password = decryptUserPassword(value, secret, request.authenticator);
      if (isMalformed(password)) {
        return password;
      }
      clear.push({ type, value: password });
    } else if (type !== AttributeType.MessageAuthenticator && type !== AttributeType.ProxyState) {
      clear.push(attribute);
    }
  }
  if (request.has(AttributeType.ChapPassword) && !request.has(AttributeType.ChapChallenge)) {
    clear.push({ type: AttributeType.ChapChallenge, value: request.authenticator });
  }
  return octetsOf(clear);
}

export interface TargetRequest {
  readonly code: RequestCode;
  /** 0 to 255. */
  readonly identifier: number;
  /** 16 random octets, new for every request that is not a retransmission. An Accounting-Request computes its own. */
  readonly authenticator: Uint8Array;
  readonly secret: SharedSecret;
  /** As {@link clearRequestAttributes} made them. */
  readonly attributes: Uint8Array;
  /** Our own, which the target has to send back; 1 to 253 octets. */
  readonly proxyState: Uint8Array;
}

/**
 * Encodes a request to a target:
 *
 *     Message-Authenticator, the attributes with User-Password hidden, our own Proxy-State
 *
 * @returns octets of their own, the same for the same input; "too-big" when they were more than 4096; Malformed when the
 *   attributes are none, or the password is longer than 128 octets
 * @throws RangeError for an identifier, authenticator or Proxy-State that cannot be, which is a bug of the caller
 */
export function encodeTargetRequest(request: TargetRequest): Buffer | TooBig | Malformed {
  const { code, identifier, authenticator, secret, proxyState } = request;
  const clear = attributesOf(request.attributes);
  if (isMalformed(clear)) {
    return clear;
  }
  const attributes: Attribute[] = [];
  for (const attribute of clear) {
    if (attribute.type === AttributeType.UserPassword) {
      const hidden = encryptUserPassword(attribute.value, secret, authenticator);
      if (isMalformed(hidden)) {
        return hidden;
      }
      attributes.push({ type: attribute.type, value: hidden });
    } else if (attribute.type !== AttributeType.ProxyState) {
      attributes.push(attribute);
    }
  }
  attributes.push({ type: AttributeType.ProxyState, value: proxyState });
  return encodeRequest({ code, identifier, authenticator, secret, attributes });
}
