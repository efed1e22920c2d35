import { AttributeType } from "./attributes.js";
import type { Packet } from "./packet.js";

const EAP_HEADER_BYTES = 4;

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
