import { createHash, randomBytes } from "node:crypto";
import {
  type Attribute,
  AttributeType,
  attributesOf,
  clearReplyAttributes,
  type ExchangeResult,
  integerAttribute,
  isExchangeFailed,
  isMalformed,
  MicrosoftType,
  octetsAttribute,
  proxyStateAttribute,
  textAttribute,
  VendorId,
  vendorAttribute,
} from "@portcullis/radius";
import { type Nas, outcomeOf } from "../harness/nas.js";

/** Every request of these tests has it, and every reply has to. */
const PROXY_STATE = Uint8Array.of(1, 2, 3, 4);
const OUR_PROXY_STATE = proxyStateAttribute(PROXY_STATE);
const VIRTUAL = 5;

export const station = (name: string): readonly Attribute[] => [
  OUR_PROXY_STATE,
  ...textAttribute(AttributeType.CallingStationId, name),
];

export function chap(password: string): readonly Attribute[] {
  const challenge = randomBytes(16);
  const ident = Buffer.of(7);
  const digest = createHash("md5").update(ident).update(password).update(challenge).digest();
  return [
    octetsAttribute(AttributeType.ChapPassword, Buffer.concat([ident, digest])),
    octetsAttribute(AttributeType.ChapChallenge, challenge),
  ];
}

/** The exchange of RFC 2759 section 9.2 and RFC 3079 section 3.5.3: the user is "User". */
export const MS_CHAP = {
  user: "User",
  success: "S=407A5589115FD0D6209F510FE9C04566932CDA56",
  sendKey: "8b7cdc149b993a1ba118cb153f56dccb",
} as const;

export function msChap2(): readonly Attribute[] {
  const challenge = Buffer.from("5B5D7C7D7B3F2F3E3C2C602132262628", "hex");
  const peerChallenge = Buffer.from("21402324255E262A28295F2B3A337C7E", "hex");
  const ntResponse = Buffer.from("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF", "hex");
  const response = Buffer.concat([Buffer.of(1, 0), peerChallenge, Buffer.alloc(8), ntResponse]);
  return [
    vendorAttribute(VendorId.Microsoft, MicrosoftType.ChapChallenge, challenge),
    vendorAttribute(VendorId.Microsoft, MicrosoftType.Chap2Response, response),
  ];
}

/** What RD Gateway sends beside the name: no password, no CHAP, no EAP. */
export function rdGateway(machine: string): readonly Attribute[] {
  return [
    ...textAttribute(AttributeType.NasIdentifier, "rdgw"),
    ...textAttribute(AttributeType.CalledStationId, "UserAuthType:PW"),
    integerAttribute(AttributeType.NasPortType, VIRTUAL),
    vendorAttribute(VendorId.Microsoft, MicrosoftType.MachineName, Buffer.from(machine)),
    OUR_PROXY_STATE,
  ];
}

/** A reply as its client reads it: hidden values in clear. */
export interface ReadReply {
  readonly outcome: string;
  readonly elapsedMs: number;
  text(type: number): string;
  has(type: number): boolean;
  /** In hexadecimal; empty when there is none. */
  microsoft(vendorType: number): string;
}

/** Throws when there is no reply, when it lacks Proxy-State or when what is hidden in it cannot be read. */
export function readReply(result: ExchangeResult, nas: Nas): ReadReply {
  if (isExchangeFailed(result)) throw new Error(`no reply: ${result.failure}`);
  const requestAuthenticator = result.requestOctets.subarray(4, 20);
  const hop = { secret: nas.secret, requestAuthenticator, proxyState: PROXY_STATE };
  const clear = clearReplyAttributes(result.packet, hop);
  if (typeof clear === "string" || isMalformed(clear)) throw new Error(`unreadable: ${JSON.stringify(clear)}`);
  const all = attributesOf(clear);
  if (isMalformed(all)) throw new Error(all.malformed);
  const first = (type: number) => all.find((each) => each.type === type)?.value;
  return {
    outcome: outcomeOf(result),
    elapsedMs: result.elapsedMs,
    text: (type) => Buffer.from(first(type) ?? []).toString(),
    has: (type) => first(type) !== undefined,
    microsoft: (vendorType) => {
      const head = vendorAttribute(VendorId.Microsoft, vendorType, new Uint8Array()).value.subarray(0, 5);
      const found = all.find(({ type, value }) => type === AttributeType.VendorSpecific && startsWith(value, head));
      return Buffer.from(found?.value.subarray(6) ?? []).toString("hex");
    },
  };
}

function startsWith(octets: Uint8Array, head: Uint8Array): boolean {
  return Buffer.from(octets.subarray(0, head.length)).equals(head);
}
