import { AttributeType, Code } from "./attributes.js";
import type { Packet } from "./packet.js";

/** Which of the attributes that decide about a request are there. */
export interface Presence {
  readonly eap: boolean;
  readonly proxyState: boolean;
  /** Any of User-Password, CHAP-Password, ARAP-Password, EAP-Message. */
  readonly credential: boolean;
  /** What must not be together is together; only in an Access-Request. */
  readonly fault: "eap-with-password" | "several-passwords" | "attribute-repeated" | undefined;
}

const USER_NAME = 1;
const USER_PASSWORD = 2;
const CHAP_PASSWORD = 4;
const STATE = 8;
const CHAP_CHALLENGE = 16;
const ARAP_PASSWORD = 32;
const EAP = 64;
const PROXY_STATE = 128;
const PASSWORDS = USER_PASSWORD | CHAP_PASSWORD | ARAP_PASSWORD;

/** Bits of what may be there once at most; the others may repeat. */
const ONCE = USER_NAME | PASSWORDS | STATE | CHAP_CHALLENGE;

/** One walk over the attributes of a packet. */
export function presenceOf(packet: Packet): Presence {
  let seen = 0;
  let repeated = 0;
  for (let index = 0; index < packet.attributeCount; index++) {
    const bit = bitOf(packet.typeAt(index));
    repeated |= seen & bit;
    seen |= bit;
  }
  return {
    eap: (seen & EAP) !== 0,
    proxyState: (seen & PROXY_STATE) !== 0,
    credential: (seen & (PASSWORDS | EAP)) !== 0,
    fault: packet.code === Code.AccessRequest ? faultOf(seen, repeated) : undefined,
  };
}

function faultOf(seen: number, repeated: number): Presence["fault"] {
  const passwords = seen & PASSWORDS;
  if ((seen & EAP) !== 0 && passwords !== 0) {
    return "eap-with-password";
  }
  if ((passwords & (passwords - 1)) !== 0) {
    return "several-passwords";
  }
  return (repeated & ONCE) === 0 ? undefined : "attribute-repeated";
}

function bitOf(type: number): number {
  switch (type) {
    case AttributeType.UserName:
      return USER_NAME;
    case AttributeType.UserPassword:
      return USER_PASSWORD;
    case AttributeType.ChapPassword:
      return CHAP_PASSWORD;
    case AttributeType.State:
      return STATE;
    case AttributeType.ChapChallenge:
      return CHAP_CHALLENGE;
    case AttributeType.ArapPassword:
      return ARAP_PASSWORD;
    case AttributeType.EapMessage:
      return EAP;
    case AttributeType.ProxyState:
      return PROXY_STATE;
    default:
      return 0;
  }
}
