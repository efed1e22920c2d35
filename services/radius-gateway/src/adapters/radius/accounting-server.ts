import type { Stages } from "@portcullis/kit";
import { type ExchangeId, type FrontEndAnswer, PLAIN_REPLY, type Reply } from "@portcullis/login";
import { Code, isLooped, type ReceivedRequest } from "@portcullis/radius";
import type { AnswerAccountingRequest } from "../../application/answer-accounting-request.js";
import type { AccountingRequest } from "../../domain/accounting-request.js";
import { codeLabel, type GatewayMetrics } from "../prometheus/gateway-metrics.js";
import type { Discards, Unanswered } from "./discards.js";
import { encodeAccountingAnswer } from "./encode-accounting-answer.js";
import type { RadiusClient } from "./radius-client.js";
import { readAccountingRequest } from "./read-accounting-request.js";
import type { Sender } from "./sender.js";

/** Accounting exchanges that wait for a reply in this process; each keeps its packet. */
const MAX_WAITING = 20_000;

export interface AccountingServerParts {
  readonly answerAccountingRequest: Pick<AnswerAccountingRequest, "answer">;
  /** Our own Proxy-State, in requests to targets. */
  readonly loopTag: Uint8Array;
  /** Whether this process comes to its work too late: then logins come first, and the NAS asks again. */
  readonly eventLoop: { readonly isLate: boolean };
  readonly discards: Pick<Discards, "add">;
  readonly metrics: Pick<GatewayMetrics, "accounting" | "replies" | "duplicates">;
  readonly stages: Pick<Stages, "observe">;
}

/**
 * One Accounting-Request whose packet has passed its checks, from there to its end: one reply, or one counted reason for none,
 * so that the NAS keeps it and asks again. RFC 2866 section 3.
 */
export class AccountingServer {
  readonly #parts: AccountingServerParts;
  readonly #maxWaiting: number;
  /** Where the reply of a waiting exchange goes: to whoever sent it last. */
  readonly #newest = new Map<ExchangeId, Sender>();

  constructor(parts: AccountingServerParts, maxWaiting = MAX_WAITING) {
    this.#parts = parts;
    this.#maxWaiting = maxWaiting;
  }

  /** Rejects for a bug only. */
  async take(received: ReceivedRequest, client: RadiusClient, sender: Sender): Promise<void> {
    const startedAt = performance.now();
    const { metrics, stages, loopTag } = this.#parts;
    const reject = (reason: Unanswered): void => this.#discard(client, reason, sender);
    if (client.accounting === undefined) return reject("accounting-off");
    if (client.accounting === "forward" && isLooped(received.packet, loopTag)) return reject("accounting-loop");
    const { status, request } = readAccountingRequest(received, client, sender);
    metrics.accounting.inc({ client: client.name, status });
    // Nothing can ever be kept of it: without an answer the NAS would ask for ever.
    if (request === undefined) return this.#reply(PLAIN_REPLY, received, client, sender);
    const overload = this.#overloadOf(request);
    if (overload !== undefined) return reject(overload);
    const answer = await this.#answer(request, sender);
    if (answer.kind === "reply") {
      this.#reply(answer.reply, received, client, this.#takeNewest(request.exchangeId, sender));
      if (answer.again) metrics.duplicates.inc({ client: client.name });
      else stages.observe("gateway.accounting", startedAt);
    } else if (answer.why === "waiting-here") {
      metrics.duplicates.inc({ client: client.name });
    } else {
      this.#discard(client, answer.why, this.#takeNewest(request.exchangeId, sender));
    }
  }

  #overloadOf({ exchangeId }: AccountingRequest): "too-many-waiting" | "overloaded" | undefined {
    if (this.#newest.has(exchangeId)) return undefined;
    if (this.#newest.size >= this.#maxWaiting) return "too-many-waiting";
    return this.#parts.eventLoop.isLate ? "overloaded" : undefined;
  }

  /** A retransmission only leaves its sender here: whoever handed the exchange in first gets the answer. */
  async #answer(request: AccountingRequest, sender: Sender): Promise<FrontEndAnswer> {
    this.#newest.set(request.exchangeId, sender);
    try {
      return await this.#parts.answerAccountingRequest.answer(request);
    } catch (error) {
      this.#newest.delete(request.exchangeId);
      throw error;
    }
  }

  #takeNewest(exchangeId: ExchangeId, sender: Sender): Sender {
    const newest = this.#newest.get(exchangeId) ?? sender;
    this.#newest.delete(exchangeId);
    return newest;
  }

  #reply(reply: Pick<Reply, "attributes" | "salt">, received: ReceivedRequest, client: RadiusClient, sender: Sender) {
    sender.reply(encodeAccountingAnswer(reply, received.packet, received.secret));
    this.#parts.metrics.replies.inc({ client: client.name, code: codeLabel(Code.AccountingResponse) });
  }

  #discard(client: RadiusClient, reason: Unanswered, sender: Sender): void {
    this.#parts.discards.add(client.name, reason, sender.sourceAddress);
  }
}
