import { eapMessageAttributes } from "./attribute-builders.js";
import { AttributeType } from "./attributes.js";
import type { Attribute, Packet } from "./packet.js";

const EAP_HEADER_BYTES = 4;
const EAP_FAILURE = 4;

/**
 * Joins the EAP-Message attributes in order. RFC 3579 section 3.1.
 * @returns the EAP packet in octets of its own, empty for EAP-Start (section 2.1); undefined when there is no EAP-Message
 */
export function eapMessageOf(packet: Packet): Uint8Array | undefined {
  const parts = packet.all(AttributeType.EapMessage);
  return parts.length === 0 ? undefined : new Uint8Array(Buffer.concat(parts));
}

/** Whether the joined EAP-Message is EAP-Start or as long as its own Length says. RFC 3748 section 4. */
export function eapLengthFits(packet: Packet): boolean {
  const message = eapMessageOf(packet);
  if (message === undefined || message.length === 0) {
    return true;
  }
  const [, , high = 0, low = 0] = message;
  return message.length >= EAP_HEADER_BYTES && ((high << 8) | low) === message.length;
}

/**
 * EAP-Failure, for an Access-Reject to a request with EAP-Message. RFC 3579 section 2.6.3 wants one there; RFC 3748 section
 * 4.2: Code 4, the Identifier of the EAP packet that is answered, Length 4.
 * @returns one EAP-Message with the four octets; nothing when the request has no EAP-Message. EAP-Start, which has no
 *   Identifier, is answered with Identifier 0.
 */
export function eapFailureFor(request: Packet): readonly Attribute[] {
  const message = eapMessageOf(request);
  return message === undefined ? [] : eapMessageAttributes(Uint8Array.of(EAP_FAILURE, message[1] ?? 0, 0, 4));
}
