import smpp from "smpp";
import { smsPartsOf } from "../../../domain/sms-text.js";

const DATA_CODING = { gsm7: 0x00, ucs2: 0x08 } as const;
/** Type of number and numbering plan: international and ISDN, or a name. */
const INTERNATIONAL = { ton: 1, npi: 1 };
const NAME = { ton: 5, npi: 0 };
const SHORT = { ton: 3, npi: 0 };
const WITH_UDH = 0x40;
/** A receipt for success and failure, of the last part only: one text, one receipt. */
const RECEIPT = 1;
const MAX_VALIDITY_SECONDS = 86_399;

export interface TextToSubmit {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly ttlSeconds: number;
  /** Of the parts of one text: 0 to 255. */
  readonly partsReference: number;
}

/** The submit_sm of a text, one for each part. SMPP 3.4 sections 4.4 and 5.2; the header of parts: 3GPP TS 23.040, 9.2.3.24.1. */
export function submitsOf({ from, to, text, ttlSeconds, partsReference }: TextToSubmit): Record<string, unknown>[] {
  const { coding, parts } = smsPartsOf(text);
  const source = addressOf(from);
  const destination = addressOf(to);
  return parts.map((part, at) => ({
    source_addr: source.digits,
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    destination_addr: destination.digits,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    data_coding: DATA_CODING[coding],
    esm_class: parts.length > 1 ? WITH_UDH : 0,
    validity_period: relativeTime(ttlSeconds),
    registered_delivery: at === parts.length - 1 ? RECEIPT : 0,
    short_message: Buffer.concat([
      parts.length > 1 ? Buffer.from([5, 0, 3, partsReference, parts.length, at + 1]) : Buffer.alloc(0),
      smpp.encodings[coding === "gsm7" ? "ASCII" : "UCS2"].encode(part),
    ]),
  }));
}

function addressOf(text: string): { readonly digits: string; readonly ton: number; readonly npi: number } {
  if (text.startsWith("+")) return { digits: text.slice(1), ...INTERNATIONAL };
  return { digits: text, ...(/^[0-9]+$/.test(text) ? SHORT : NAME) };
}

/** YYMMDDhhmmsstnnR, from now on. SMPP 3.4 section 7.1.1.2. */
function relativeTime(ttlSeconds: number): string {
  const seconds = Math.min(ttlSeconds, MAX_VALIDITY_SECONDS);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `000000${two(seconds / 3_600)}${two((seconds / 60) % 60)}${two(seconds % 60)}000R`;
}
