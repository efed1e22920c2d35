import {
  AttributeType,
  attributesOf,
  clearRequestAttributes,
  decodeUtf8,
  decryptUserPassword,
  isLooped,
  isMalformed,
  MicrosoftType,
  octetsOf,
  type Packet,
  type ReceivedRequest,
  type SharedSecret,
  VendorId,
} from "@portcullis/radius";
import { ACL_DOWNLOAD, isAccessList } from "../../domain/access-list.js";
import type { AccessRequest, Credential, TargetsOwn } from "../../domain/access-request.js";
import { exchangeIdOf, exchangeSourceOf, type PacketRoute, slotOf } from "../../domain/exchange-id.js";
import { isTextIn } from "../../domain/password-charset.js";
import { printable } from "../../domain/printable.js";
import { type UserName, userNameOf } from "../../domain/user-name.js";
import type { RadiusClient } from "./radius-client.js";

const MAX_STATION_BYTES = 253;
const MICROSOFT_CREDENTIALS: readonly number[] = [
  MicrosoftType.ChapResponse,
  MicrosoftType.Chap2Response,
  MicrosoftType.ChapChangePassword1,
  MicrosoftType.ChapChangePassword2,
  MicrosoftType.Chap2ChangePassword,
];
/** Cisco-AVPair. */
const CISCO_AVPAIR = 1;
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
export function readAccessRequest(
  received: ReceivedRequest,
  client: RadiusClient,
  route: PacketRoute,
  loopTag: Uint8Array,
): ReadRequest {
  const { packet } = received;
  const { credential, secret, secretSuspect } = readCredential(received, client);
  const userName = userNameOf(packet.first(AttributeType.UserName));
  const station = stationOf(packet);
  const exchangeId = exchangeIdOf(exchangeSourceOf(route), packet.octets);
  const looped = packet.has(AttributeType.ProxyState) && isLooped(packet, loopTag);
  const request: AccessRequest = {
    exchangeId,
    slot: slotOf(route, packet.identifier),
    client,
    sourceAddress: route.sourceAddress,
    userName,
    station,
    state: packet.first(AttributeType.State),
    credential: isAclDownload(packet, userName, credential) ? { kind: "acl-download" } : credential,
    keyName: looped ? exchangeId : keyNameOf(credential, { station, client: client.name, userName: userName.text }),
    looped,
    attributes: (own) => clearAttributes(packet, secret, own),
  };
  return { request, secret, secretSuspect };
}

function keyNameOf({ kind }: Credential, from: { station: string; client: string; userName: string }): string {
  return kind === "eap" ? from.station || `${from.client} ${from.userName}` : from.userName;
}

interface ReadCredential extends Omit<ReadRequest, "request"> {
  readonly credential: Credential;
}

/**
 * Recovers the password. RFC 2865 section 5.2. Where a Message-Authenticator has proven the secret there is one to try; else,
 * during a rotation, the first under which the password is UTF-8: noise hardly ever is. Then the first under which it can be
 * a text in the client's own charset.
 */
function readCredential({ packet, secret, authenticated }: ReceivedRequest, client: RadiusClient): ReadCredential {
  const other = otherCredential(packet);
  if (other !== undefined) return { credential: other, secret, secretSuspect: false };
  const hidden = packet.first(AttributeType.UserPassword);
  if (hidden === undefined) return { credential: NO_CREDENTIAL, secret, secretSuspect: false };
  let inOtherCharset: ReadCredential | undefined;
  for (const tried of authenticated ? [secret] : client.secrets) {
    const password = decryptUserPassword(hidden, tried, packet.authenticator);
    if (isMalformed(password)) return { credential: UNUSABLE, secret, secretSuspect: false };
    const read: ReadCredential = { credential: { kind: "password", password }, secret: tried, secretSuspect: false };
    // Under a proven secret the octets are the user's, whatever they are; the target decides.
    if (authenticated || decodeUtf8(password) !== undefined) return read;
    if (isTextIn(password, client.passwordCharset)) inOtherCharset ??= read;
  }
  return inOtherCharset ?? { credential: UNUSABLE, secret, secretSuspect: true };
}

/** Proofs that only a target can check; ARAP none does. */
function otherCredential(packet: Packet): Credential | undefined {
  if (packet.has(AttributeType.EapMessage)) return { kind: "eap" };
  if (packet.has(AttributeType.ChapPassword)) return { kind: "chap" };
  if (packet.has(AttributeType.ArapPassword)) return UNUSABLE;
  return packet.has(AttributeType.VendorSpecific) && hasMsChap(packet) ? { kind: "ms-chap" } : undefined;
}

/** A client fetches an access list without a proof of anybody's, or with a password of its own. */
function isAclDownload(packet: Packet, userName: UserName, { kind }: Credential): boolean {
  if ((kind !== "none" && kind !== "password") || !isAccessList(userName)) return false;
  return packet
    .vendorAttributes()
    .some(
      (attribute) =>
        attribute.vendorId === VendorId.Cisco &&
        "vendorType" in attribute &&
        attribute.vendorType === CISCO_AVPAIR &&
        decodeUtf8(attribute.value) === ACL_DOWNLOAD,
    );
}

function hasMsChap(packet: Packet): boolean {
  return packet
    .vendorAttributes()
    .some(
      (attribute) =>
        attribute.vendorId === VendorId.Microsoft &&
        "vendorType" in attribute &&
        MICROSOFT_CREDENTIALS.includes(attribute.vendorType),
    );
}

function clearAttributes(packet: Packet, secret: SharedSecret, { state, password }: TargetsOwn): Uint8Array {
  const clear = clearRequestAttributes(packet, secret);
  const attributes = isMalformed(clear) ? clear : attributesOf(clear);
  if (isMalformed(attributes)) throw new Error("A request whose password was read has attributes that cannot be read.");
  return octetsOf(
    attributes.flatMap((attribute) => {
      if (attribute.type === AttributeType.UserPassword && password !== undefined) {
        return [{ type: attribute.type, value: password }];
      }
      if (attribute.type !== AttributeType.State) return [attribute];
      return state === undefined || state.length === 0 ? [] : [{ type: AttributeType.State, value: state }];
    }),
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
