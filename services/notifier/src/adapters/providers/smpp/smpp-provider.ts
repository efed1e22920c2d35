import type { SmppSettings } from "@portcullis/configuration";
import { isUnavailable, type Log, type Random } from "@portcullis/kit";
import type { Pdu } from "smpp";
import type { OutgoingText, Provider } from "../../../application/ports.js";
import type { Handed, Kind } from "../../../domain/delivery.js";
import type { Inbound } from "../inbound.js";
import { deliveredOf } from "./delivered-pdu.js";
import { SmppSession } from "./smpp-session.js";
import { submitsOf } from "./submit-parts.js";

const OK = 0x00;
/** ESME_RINVDSTADR: the number is none. */
const INVALID_DESTINATION = 0x0b;
const THROTTLED = 0x58;
/** ESME_RX_T_APPN: to be delivered again. */
const AGAIN_LATER = 0x64;
/** Texts and receipts that are being dealt with; what comes beyond is delivered again. */
const MAX_INBOUND = 200;

export interface SmppParts {
  readonly inbound: Inbound;
  readonly random: Random;
  readonly log: Log;
}

/** Texts by SMPP 3.4, over one session that stays. */
export class SmppProvider implements Provider {
  readonly name: string;
  readonly does: ReadonlySet<Kind>;
  readonly #from: string;
  readonly #parts: SmppParts;
  readonly #session: SmppSession;
  #inboundNow = 0;

  constructor(settings: SmppSettings, parts: SmppParts) {
    this.name = settings.name;
    this.does = new Set(settings.does);
    this.#from = settings.from;
    this.#parts = parts;
    this.#session = new SmppSession(settings, (pdu, answer) => void this.#delivered(pdu, answer), parts.log);
  }

  get isBound(): boolean {
    return this.#session.isBound;
  }

  async text({ to, text, ttlSeconds }: OutgoingText): Promise<Handed> {
    const [partsReference = 0] = this.#parts.random.bytes(1);
    let reference = "";
    for (const [at, submit] of submitsOf({ from: this.#from, to, text, ttlSeconds, partsReference }).entries()) {
      const answer = await this.#session.submit(submit);
      const isFirst = at === 0;
      if (answer.kind === "unknown") return { kind: "unknown", why: "no answer to submit_sm" };
      if (answer.kind === "not-sent") return { kind: isFirst ? "refused" : "unknown", why: "not bound" };
      const { command_status: status, message_id: messageId = "" } = answer.pdu;
      if (status !== OK) {
        const why = `submit_sm was refused with status ${status}`;
        if (!isFirst) return { kind: "unknown", why }; // A part of it is on its way.
        return { kind: status === INVALID_DESTINATION ? "unreachable" : "refused", why };
      }
      reference = messageId;
    }
    return { kind: "taken", reference };
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** Answers when it is dealt with: until then the centre keeps it. */
  async #delivered(pdu: Pdu, answer: (status: number) => void): Promise<void> {
    if (this.#inboundNow >= MAX_INBOUND) return answer(THROTTLED);
    this.#inboundNow++;
    try {
      const delivered = deliveredOf(pdu);
      if (delivered.kind === "text") await this.#parts.inbound.text(delivered.from, delivered.text);
      else if (delivered.state !== "pending") {
        await this.#parts.inbound.receipt(this.name, delivered.reference, delivered.state);
      }
      answer(OK);
    } catch (error) {
      this.#parts.log[isUnavailable(error) ? "warn" : "error"]("smpp.inbound_failed", { provider: this.name, error });
      answer(AGAIN_LATER);
    } finally {
      this.#inboundNow--;
    }
  }
}
