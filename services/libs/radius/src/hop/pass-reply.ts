import { AttributeType } from "../attributes.js";
import { equalInConstantTime } from "../constant-time.js";
import { isMalformed, type Malformed } from "../malformed.js";
import type { Attribute, Packet } from "../packet.js";
import { type Change, changeHidden } from "./change-hidden.js";
import { attributesOf, octetsOf } from "./clear-attributes.js";
import { type Hop, hide, reveal } from "./hiding.js";

/** Why a target's reply is dropped though it is signed: it does not hold exactly the Proxy-State that we sent. */
export type NotOurs = "proxy-state-missing" | "proxy-state-other";

export interface TargetReplyOptions extends Hop {
  /** What {@link encodeTargetRequest} put into the request. */
  readonly proxyState: Uint8Array;
}

/**
 * The attributes of a target's reply, with nothing in them that belongs to the target's hop: no Message-Authenticator, not
 * our Proxy-State, every hidden value in clear. State and everything else octet for octet and in order.
 * @param reply verified already
 * @returns octets of their own; Malformed when a hidden value has a length that cannot be; NotOurs unless our Proxy-State is
 *   there, unchanged and alone
 */
export function clearReplyAttributes(reply: Packet, options: TargetReplyOptions): Uint8Array | Malformed | NotOurs {
  const [first, ...more] = reply.all(AttributeType.ProxyState);
  if (first === undefined) {
    return "proxy-state-missing";
  }
  if (more.length > 0 || !equalInConstantTime(first, options.proxyState)) {
    return "proxy-state-other";
  }
  const clear = reply.attributes().filter(({ type }) => !belongsToOneHop(type));
  return changeAll(clear, (value, hiding) => reveal(value, hiding, options));
}

export interface HideReplyOptions extends Hop {
  /** 16 bits: the same for the same reply, so that it has the same octets wherever it is encoded. */
  readonly salt: number;
}

/**
 * Hides again, for a client, what {@link clearReplyAttributes} made clear. The n-th salted value has the salt 0x8000 |
 * ((salt + n) & 0x7fff): the highest bit set and unique in its packet, as RFC 2868 section 3.5 wants.
 * @param clear attributes behind each other; a Message-Authenticator or Proxy-State among them is left out
 * @returns octets of their own, the same for the same input; Malformed when they are no attributes, or one does not fit
 */
export function hideReplyAttributes(clear: Uint8Array, options: HideReplyOptions): Uint8Array | Malformed {
  const attributes = attributesOf(clear);
  if (isMalformed(attributes)) {
    return attributes;
  }
  let salted = 0;
  return changeAll(
    attributes.filter(({ type }) => !belongsToOneHop(type)),
    (value, hiding, roomBytes) => {
      const salt = 0x8000 | ((options.salt + salted) & 0x7fff);
      if (hiding === "salted" || hiding === "tagged-salted") {
        salted++;
      }
      return hide(value, hiding, { ...options, salt, roomBytes });
    },
  );
}

function belongsToOneHop(type: number): boolean {
  return type === AttributeType.MessageAuthenticator || type === AttributeType.ProxyState;
}

function changeAll(attributes: readonly Attribute[], change: Change): Uint8Array | Malformed {
  const changed: Attribute[] = [];
  for (const attribute of attributes) {
    const result = changeHidden(attribute, change);
    if (isMalformed(result)) {
      return result;
    }
    changed.push(result);
  }
  return octetsOf(changed);
}
