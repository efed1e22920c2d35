import { equalRange } from "./constant-time.js";
import { DIGEST, MD5_BYTES, workspace } from "./md5.js";
import { AUTHENTICATOR_AT, AUTHENTICATOR_BYTES, type Packet } from "./packet.js";
import type { SharedSecret } from "./shared-secret.js";

/** What a look at the Message-Authenticator of a packet found. */
export type MessageAuthenticatorCheck = "valid" | "wrong" | "missing";

/** Sixteen zero octets: the authenticator under which Accounting, CoA and Disconnect requests are signed. */
export const ZERO_AUTHENTICATOR: Uint8Array = new Uint8Array(AUTHENTICATOR_BYTES);

/**
 * Checks Message-Authenticator over the octets as they arrived. RFC 3579 section 3.2:
 *
 *     HMAC-MD5(secret, Code, Identifier, Length, Request Authenticator, attributes with 16 zero octets in its place)
 *
 * @param authenticatorToUse 16 octets: of an Access-Request or Status-Server its own, also when left out; of a reply that of
 *   its request; of an Accounting-Request {@link ZERO_AUTHENTICATOR}
 * @returns "wrong" also when `authenticatorToUse` is not 16 octets; the time does not tell how wrong
 * The datagram is not written to, not even for the moment.
 */
export function verifyMessageAuthenticator(
  packet: Packet,
  secret: SharedSecret,
  authenticatorToUse?: Uint8Array,
): MessageAuthenticatorCheck {
  const at = packet.messageAuthenticatorAt;
  if (at === 0) {
    return "missing";
  }
  if (authenticatorToUse !== undefined && authenticatorToUse.length !== AUTHENTICATOR_BYTES) {
    return "wrong";
  }
  const valueAt = at + 2;
  placePacket(packet, authenticatorToUse);
  for (let index = valueAt; index < valueAt + MD5_BYTES; index++) {
    workspace[index] = 0;
  }
  secret.signWorkspace(packet.octets.length);
  return equalRange(workspace, DIGEST, packet.octets, valueAt, MD5_BYTES) ? "valid" : "wrong";
}

/**
 * Checks the Authenticator of an Accounting-Request. RFC 2866 section 3: MD5(Code, Identifier, Length, 16 zero octets,
 * attributes, secret). Constant time.
 */
export function verifyAccountingAuthenticator(packet: Packet, secret: SharedSecret): boolean {
  return verifyDigest(packet, secret, ZERO_AUTHENTICATOR);
}

/**
 * Checks the Response Authenticator of a reply. RFC 2865 section 3: MD5(Code, Identifier, Length, Request Authenticator,
 * attributes, secret). Constant time. Alone it is no proof: MD5 collisions forge it (BlastRADIUS).
 */
export function verifyResponseAuthenticator(
  packet: Packet,
  secret: SharedSecret,
  requestAuthenticator: Uint8Array,
): boolean {
  return requestAuthenticator.length === AUTHENTICATOR_BYTES && verifyDigest(packet, secret, requestAuthenticator);
}

function verifyDigest(packet: Packet, secret: SharedSecret, authenticator: Uint8Array): boolean {
  placePacket(packet, authenticator);
  secret.digestWorkspaceThenSecret(packet.octets.length);
  return equalRange(workspace, DIGEST, packet.octets, AUTHENTICATOR_AT, MD5_BYTES);
}

function placePacket(packet: Packet, authenticator: Uint8Array | undefined): void {
  workspace.set(packet.octets);
  if (authenticator !== undefined) {
    workspace.set(authenticator, AUTHENTICATOR_AT);
  }
}
