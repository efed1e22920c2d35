import { AttributeType, Code } from "../attributes.js";
import { encodeRequest, type TooBig } from "../encode.js";
import { isMalformed } from "../malformed.js";
import { type Attribute, HEADER_BYTES, MESSAGE_AUTHENTICATOR_BYTES } from "../packet.js";
import type { SharedSecret } from "../shared-secret.js";
import { encryptUserPassword } from "../user-password.js";

/** Why a request cannot be built from what the caller has. */
export type UnbuildableRequest = TooBig | "password-too-long";

/** An Access-Request or Status-Server in the words of a person. */
export interface AccessRequest {
  /** Access-Request when left out. */
  readonly code?: typeof Code.AccessRequest | typeof Code.StatusServer;
  readonly userName?: string;
  /** Text is taken as UTF-8; at most 128 octets. */
  readonly password?: string | Uint8Array;
  /** Behind User-Name and User-Password, in this order; State, Proxy-State and the like. */
  readonly attributes?: readonly Attribute[];
  /**
   * "valid" when left out. "omitted" and "wrong" (one bit of it turned) show how a server takes such packets; old clients
   * do omit it.
   */
  readonly messageAuthenticator?: "valid" | "omitted" | "wrong";
}

export interface AccessRequestToBuild extends AccessRequest {
  /** 0 to 255. */
  readonly identifier: number;
  /** 16 octets, random for every request that is not a retransmission. RFC 2865 section 3. */
  readonly authenticator: Uint8Array;
  readonly secret: SharedSecret;
}

/**
 * Builds the octets of a request: Message-Authenticator, User-Name, User-Password (hidden), the other attributes.
 * @returns octets of their own, the same for the same input; or why there are none
 * @throws RangeError for an identifier, authenticator or attribute that cannot be, which is a bug of the caller
 */
export function buildAccessRequest(request: AccessRequestToBuild): Buffer | UnbuildableRequest {
  const { userName, password, secret, identifier, authenticator } = request;
  const attributes: Attribute[] = [];
  if (userName !== undefined) {
    attributes.push({ type: AttributeType.UserName, value: Buffer.from(userName) });
  }
  if (password !== undefined) {
    const octets = typeof password === "string" ? Buffer.from(password) : password;
    const hidden = encryptUserPassword(octets, secret, authenticator);
    if (isMalformed(hidden)) {
      return "password-too-long";
    }
    attributes.push({ type: AttributeType.UserPassword, value: hidden });
  }
  attributes.push(...(request.attributes ?? []));
  const code = request.code ?? Code.AccessRequest;
  const octets = encodeRequest({ code, identifier, authenticator, secret, attributes });
  return octets === "too-big" ? octets : withMessageAuthenticator(octets, request.messageAuthenticator ?? "valid");
}

/** The encoder puts Message-Authenticator first, so it is known where it stands. */
function withMessageAuthenticator(octets: Buffer, wanted: "valid" | "omitted" | "wrong"): Buffer {
  const end = HEADER_BYTES + MESSAGE_AUTHENTICATOR_BYTES;
  if (wanted === "wrong") {
    octets.writeUInt8(octets.readUInt8(end - 1) ^ 1, end - 1);
  }
  if (wanted !== "omitted") {
    return octets;
  }
  const shorter = Buffer.concat([octets.subarray(0, HEADER_BYTES), octets.subarray(end)]);
  shorter.writeUInt16BE(shorter.length, 2);
  return shorter;
}
