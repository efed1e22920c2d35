import type { Clock } from "@portcullis/kit";
import {
  type DecidedExchange,
  type DueEntry,
  decodeOutcome,
  encodeOutcome,
  type LoginContext,
  type LoginOutcome,
  type PendingStore,
  type Reply,
  type ReplySealer,
  type ResultCode,
} from "@portcullis/login";
import type { AnnounceEnd } from "./announce-end.js";
import { outcomeOf } from "./outcomes.js";

/** What a use case comes to: one reply for one exchange, and the logins that ended with it. */
export interface Conclusion {
  /** Of the exchange that waits for the reply. */
  readonly context: LoginContext;
  readonly reply: Reply;
  /** The end of a login that never had a challenge: this exchange is where it is recorded. */
  readonly end?: LoginOutcome;
  /** Ends that are recorded with their logins already. */
  readonly ended: readonly LoginOutcome[];
  /** Entries of the due index that are no longer needed. */
  readonly done: readonly DueEntry[];
}

export interface ConcludeExchangeParts {
  readonly store: PendingStore;
  readonly replies: ReplySealer;
  readonly announceEnd: AnnounceEnd;
  readonly clock: Clock;
  readonly keepMs: number;
}

/**
 * The one exit of an exchange: its reply is recorded, the gateways that wait are woken, the ends are published, the due
 * entries go; in this order, so that whoever repeats it after a crash completes it. What was recorded first wins.
 */
export class ConcludeExchange {
  readonly #parts: ConcludeExchangeParts;

  constructor(parts: ConcludeExchangeParts) {
    this.#parts = parts;
  }

  async execute(conclusion: Conclusion): Promise<void> {
    const { store } = this.#parts;
    const { context, reply, end } = conclusion;
    const { exchangeId } = context;
    const decided = await this.tell(context, reply, end);
    await this.announce([...conclusion.ended, ...this.#endOf(decided, end)]);
    if (conclusion.done.length === 0) return;
    const goesOn = decided.kind === "decided" && decided.outcome === undefined;
    const isThis = (entry: DueEntry) => entry.kind === "exchange" && entry.exchangeId === exchangeId;
    await store.removeDue(conclusion.done.map((entry) => (goesOn && isThis(entry) ? { ...entry, goesOn } : entry)));
  }

  /** Records the reply of an exchange, and wakes who waits for it. */
  async tell(context: LoginContext, reply: Reply, end?: LoginOutcome): Promise<DecidedExchange> {
    const { store, replies, clock } = this.#parts;
    const { exchangeId, userKey } = context;
    const sealed = replies.seal({ exchangeId }, reply);
    // The duplicate window begins when the reply is sent.
    const keepMs = this.#parts.keepMs + Math.max(0, reply.notBeforeMs - clock.nowMs());
    const outcome = end === undefined ? {} : { outcome: encodeOutcome(end) };
    const decided = await store.decideExchange({ exchangeId, userKey, reply: sealed, keepMs, ...outcome });
    if (decided.kind === "decided") await store.wake(decided.gateways, { exchangeId, reply: decided.reply });
    return decided;
  }

  async announce(ended: readonly LoginOutcome[]): Promise<void> {
    for (const outcome of ended) await this.#parts.announceEnd.execute(outcome);
  }

  /** How the login ended, where that is recorded with the exchange. */
  #endOf(decided: DecidedExchange, end: LoginOutcome | undefined): LoginOutcome[] {
    switch (decided.kind) {
      case "decided":
        return decided.outcome === undefined ? [] : [decodeOutcome(decided.outcome)];
      case "abandoned":
        return this.#unanswered(end, "FAILED_EXCHANGE_ABANDONED");
      case "unknown":
        return this.#unanswered(end, "FAILED_DEADLINE_EXCEEDED");
    }
  }

  /** Nobody is told of the end that we had in mind, so it is none: an audit row must not say what no client heard. */
  #unanswered(end: LoginOutcome | undefined, resultCode: ResultCode): LoginOutcome[] {
    if (end === undefined) return [];
    return [outcomeOf({ ...end, resultCode, tokenSerial: "" }, this.#parts.clock.nowMs())];
  }
}
