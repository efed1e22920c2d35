import type { Pdu } from "smpp";

const RECEIPT_BIT = 0x04;
const INTERNATIONAL_TON = 1;
/** Appendix B of SMPP 3.4; what is on its way (ENROUTE, ACCEPTD) is no end. */
const UNDELIVERED: ReadonlySet<string> = new Set(["UNDELIV", "EXPIRED", "REJECTD", "DELETED"]);
const DELIVERED_STATE = 2;
const UNDELIVERED_STATES: ReadonlySet<number> = new Set([3, 4, 5, 8]);

export type Delivered =
  | { readonly kind: "receipt"; readonly reference: string; readonly state: "delivered" | "unreachable" | "pending" }
  | { readonly kind: "text"; readonly from: string; readonly text: string };

/** What a deliver_sm tells: the end of a text of ours, or a text from somebody. */
export function deliveredOf(pdu: Pdu): Delivered {
  const text = textOf(pdu);
  if (((pdu.esm_class ?? 0) & RECEIPT_BIT) !== 0) return receiptOf(pdu, text);
  const from = pdu.source_addr ?? "";
  return {
    kind: "text",
    from: pdu.source_addr_ton === INTERNATIONAL_TON && !from.startsWith("+") ? `+${from}` : from,
    text,
  };
}

function receiptOf(pdu: Pdu, text: string): Delivered {
  const [, id = ""] = /\bid:(\S+)/i.exec(text) ?? [];
  const [, word = ""] = /\bstat:([A-Z]+)/i.exec(text) ?? [];
  const reference = pdu.receipted_message_id?.replace(/\0+$/, "") || id;
  const stateNumber = pdu.message_state ?? 0;
  if (word.toUpperCase() === "DELIVRD" || stateNumber === DELIVERED_STATE) {
    return { kind: "receipt", reference, state: "delivered" };
  }
  const isUndelivered = UNDELIVERED.has(word.toUpperCase()) || UNDELIVERED_STATES.has(stateNumber);
  return { kind: "receipt", reference, state: isUndelivered ? "unreachable" : "pending" };
}

function textOf({ short_message: short, message_payload: payload }: Pdu): string {
  const message = short?.message === undefined || short.message.length === 0 ? payload?.message : short.message;
  return typeof message === "string" ? message : (message?.toString("latin1") ?? "");
}
