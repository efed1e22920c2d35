import { type Random, type Sealer, Unavailable } from "@portcullis/kit";
import {
  type AnswerExchangeParts,
  accountingAttributesPlace,
  answerExchange,
  type ExchangeId,
  PLAIN_REPLY,
  type UserKey,
} from "@portcullis/login";
import type { Targets } from "./ports.js";

export interface AccountingToForward {
  readonly exchangeId: ExchangeId;
  readonly userKey: UserKey;
  readonly client: string;
  readonly sealedAttributes: Uint8Array;
  /** On the store's clock. */
  readonly deadlineMs: number;
  /** How long the reply is kept for retransmissions. */
  readonly keepMs: number;
}

export interface ForwardAccountingParts extends AnswerExchangeParts {
  readonly targets: Targets;
  readonly sealer: Sealer;
  readonly random: Random;
}

const SALT_BYTES = 2;

/**
 * Passes a client's Accounting-Request on to its target, and answers the exchange when the target has. Without the target's
 * answer nobody is told anything: the NAS keeps the record and asks again. RFC 2866 section 3.
 */
export class ForwardAccounting {
  readonly #parts: ForwardAccountingParts;

  constructor(parts: ForwardAccountingParts) {
    this.#parts = parts;
  }

  /** Rejects with `Unavailable` for "not now", and with any other error for a request that nobody of ours has sent. */
  async execute({ exchangeId, userKey, client, sealedAttributes, deadlineMs, keepMs }: AccountingToForward) {
    const { targets, sealer, random } = this.#parts;
    const target = targets.targetOf(client);
    // The gateway knows that the target takes accounting; the news may not have reached this process yet.
    if (target?.account === undefined) throw new Unavailable(`The target of ${client} takes no accounting yet.`);
    const attributes = sealer.open(sealedAttributes, accountingAttributesPlace(exchangeId));
    // Fail closed: what was not sealed for this exchange is nobody's; the event goes to the dead letters.
    if (attributes === undefined) throw new Error("Accounting was not sealed for its exchange.");
    const answered = await target.account({ exchangeId, client, attributes, deadlineMs });
    if (answered === undefined) return;
    const salt = Buffer.from(random.bytes(SALT_BYTES)).readUInt16BE();
    const reply = { ...PLAIN_REPLY, verdict: "accept", attributes: answered, salt } as const;
    await answerExchange(this.#parts, { exchangeId, userKey }, reply, keepMs);
  }
}
