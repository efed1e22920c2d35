import {
  AttributeType,
  decodeUtf8,
  decryptUserPassword,
  isMalformed,
  MicrosoftType,
  type Packet,
  type ReceivedRequest,
  type SharedSecret,
  VendorId,
} from "@portcullis/radius";
import type { AccessRequest, Credential } from "../../domain/access-request.js";
import { exchangeIdOf, type PacketRoute, slotOf } from "../../domain/exchange-id.js";
import { printable } from "../../domain/printable.js";
import { userNameOf } from "../../domain/user-name.js";
import type { RadiusClient } from "./radius-client.js";

const MAX_STATION_BYTES = 253;
/** Proofs that only a target can check. */
const OTHER_CREDENTIALS = [AttributeType.ChapPassword, AttributeType.ArapPassword, AttributeType.EapMessage];
const MICROSOFT_CREDENTIALS: readonly number[] = [
  MicrosoftType.ChapResponse,
  MicrosoftType.Chap2Response,
  MicrosoftType.ChapChangePassword1,
  MicrosoftType.ChapChangePassword2,
  MicrosoftType.Chap2ChangePassword,
];
const UNUSABLE: Credential = { kind: "unusable" };
const NO_CREDENTIAL: Credential = { kind: "none" };

/** An Access-Request, and what its reply needs. */
export interface ReadRequest {
  readonly request: AccessRequest;
  /** The secret that the reply is signed with. */
  readonly secret: SharedSecret;
  /** The password is no text and nothing proves the secret: most likely the secrets differ. */
  readonly secretSuspect: boolean;
}

/** Reads what a login needs out of an Access-Request; the rest of the packet stays where it is, for the reply. */
export function readAccessRequest(received: ReceivedRequest, client: RadiusClient, route: PacketRoute): ReadRequest {
  const { packet } = received;
  const { credential, secret, secretSuspect } = readCredential(received, client);
  const request: AccessRequest = {
    exchangeId: exchangeIdOf(route.sourceAddress, packet.octets),
    slot: slotOf(route, packet.identifier),
    client,
    sourceAddress: route.sourceAddress,
    userName: userNameOf(packet.first(AttributeType.UserName)),
    station: stationOf(packet),
    state: packet.first(AttributeType.State),
    credential,
  };
  return { request, secret, secretSuspect };
}

interface ReadCredential extends Omit<ReadRequest, "request"> {
  readonly credential: Credential;
}

/**
 * Recovers the password. RFC 2865 section 5.2. Where a Message-Authenticator has proven the secret there is one to try; else,
 * during a rotation, the first under which the password is UTF-8: noise hardly ever is.
 */
function readCredential({ packet, secret, authenticated }: ReceivedRequest, client: RadiusClient): ReadCredential {
  if (hasOtherCredential(packet)) return { credential: UNUSABLE, secret, secretSuspect: false };
  const hidden = packet.first(AttributeType.UserPassword);
  if (hidden === undefined) return { credential: NO_CREDENTIAL, secret, secretSuspect: false };
  for (const tried of authenticated ? [secret] : client.secrets) {
    const password = decryptUserPassword(hidden, tried, packet.authenticator);
    if (isMalformed(password)) return { credential: UNUSABLE, secret, secretSuspect: false };
    // Under a proven secret the octets are the user's, whatever they are; the target decides.
    if (authenticated || decodeUtf8(password) !== undefined) {
      return { credential: { kind: "password", password }, secret: tried, secretSuspect: false };
    }
  }
  return { credential: UNUSABLE, secret, secretSuspect: true };
}

function hasOtherCredential(packet: Packet): boolean {
  if (OTHER_CREDENTIALS.some((type) => packet.has(type))) return true;
  if (!packet.has(AttributeType.VendorSpecific)) return false;
  return packet
    .vendorAttributes()
    .some(
      (attribute) =>
        attribute.vendorId === VendorId.Microsoft &&
        "vendorType" in attribute &&
        MICROSOFT_CREDENTIALS.includes(attribute.vendorType),
    );
}

function stationOf(packet: Packet): string {
  const station =
    packet.first(AttributeType.CallingStationId) ??
    (packet.has(AttributeType.VendorSpecific)
      ? packet.firstVendor(VendorId.Microsoft, MicrosoftType.MachineName)
      : undefined);
  return station === undefined ? "" : printable(station, MAX_STATION_BYTES);
}
