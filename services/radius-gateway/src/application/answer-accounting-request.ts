import type { KeyedDigest, Sealer } from "@portcullis/kit";
import {
  accountingAttributesPlace,
  answerExchange,
  type ExchangeId,
  type ExchangeStore,
  type FrontEnd,
  type FrontEndAnswer,
  loginNameOf,
  PLAIN_REPLY,
  type ReplySealer,
  type UserKey,
} from "@portcullis/login";
import { type AccountingRequest, occurredAtOf } from "../domain/accounting-request.js";
import type { AccountingEvents } from "./ports.js";

export interface AnswerAccountingRequestParts {
  readonly frontEnd: Pick<FrontEnd, "submit">;
  readonly events: AccountingEvents;
  readonly store: Pick<ExchangeStore, "decideExchange" | "wake">;
  readonly replies: ReplySealer;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  /** The duplicate window. */
  readonly keepMs: number;
}

const NO_CONTEXT = new Uint8Array();

/**
 * Hands one Accounting-Request in as an exchange, as a login: claimed, published, answered once, whoever gets its
 * retransmissions. What is recorded is decided here as soon as its event is durable; what is forwarded, by authn-primary when
 * the target has answered. RFC 2866 section 3: no answer before that, so that the NAS asks again.
 */
export class AnswerAccountingRequest {
  readonly #parts: AnswerAccountingRequestParts;
  /** Exchanges whose event is on its way: as many as the bus takes. */
  readonly #publishing = new Set<ExchangeId>();

  constructor(parts: AnswerAccountingRequestParts) {
    this.#parts = parts;
  }

  /** Resolves when there is an answer, or never will be. */
  answer(request: AccountingRequest): Promise<FrontEndAnswer> {
    const { exchangeId, slot, client } = request;
    const userKey = this.#userKeyOf(request);
    return this.#parts.frontEnd.submit({
      exchangeId,
      userKey,
      slot,
      client: client.name,
      timeLimitMs: client.timeLimitMs,
      keepMs: this.#parts.keepMs,
      maxExchanges: client.maxExchanges,
      startsLogin: false,
      context: NO_CONTEXT,
      publish: (claimedAtMs) => this.#publishOnce(request, userKey, claimedAtMs),
    });
  }

  /** While the first publishing waits for its store, a retransmission has nothing to add. */
  async #publishOnce(request: AccountingRequest, userKey: UserKey, claimedAtMs: number): Promise<void> {
    const { exchangeId } = request;
    if (this.#publishing.has(exchangeId)) return;
    this.#publishing.add(exchangeId);
    try {
      await this.#publish(request, userKey, claimedAtMs);
    } finally {
      this.#publishing.delete(exchangeId);
    }
  }

  async #publish(request: AccountingRequest, userKey: UserKey, claimedAtMs: number): Promise<void> {
    const { events, sealer, keepMs } = this.#parts;
    const { exchangeId, client, sourceAddress, work } = request;
    if (work.kind === "forward") {
      const sealedAttributes = sealer.seal(work.attributes, accountingAttributesPlace(exchangeId));
      const deadlineMs = claimedAtMs + client.timeLimitMs;
      return events.requested({ exchangeId, userKey, client: client.name, sealedAttributes, deadlineMs, keepMs });
    }
    const occurredAtMs = occurredAtOf(work.record.timing, claimedAtMs);
    await events.received({ userKey, client: client.name, sourceAddress, record: work.record, occurredAtMs });
    await answerExchange(this.#parts, { exchangeId, userKey }, { ...PLAIN_REPLY, verdict: "accept" }, keepMs);
  }

  /** None of a login: sessions that wait for their store take nothing from the logins of the same name. */
  #userKeyOf({ key, client }: AccountingRequest): UserKey {
    const { digest } = this.#parts;
    if ("userName" in key) return digest.hex("accounting user", client.name, loginNameOf(key.userName)) as UserKey;
    return digest.hex("accounting session", client.name, ...key.session) as UserKey;
  }
}
