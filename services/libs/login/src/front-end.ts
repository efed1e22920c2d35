import { type Clock, isUnavailable, type Log } from "@portcullis/kit";
import type { ReplySealer } from "./contracts/reply.js";
import type { ExchangeId, GatewayId, UserKey } from "./ids.js";
import type { Reply } from "./login-context.js";
import { type ExchangeStore, MAX_LOOKUP, type Wake } from "./pending-store.js";

/** A retransmission of an exchange older than this is published again: its first gateway may have died in between. */
const PUBLISH_AGAIN_AFTER_MS = 1_000;
const LOOKUP_EVERY_MS = 1_000;
const LONGEST_LOOKUP_BACKOFF_MS = 5_000;
/** How long after its time limit an exchange is still waited for: the end of an overdue login comes a little later. */
const WAIT_GRACE_MS = 5_000;
const DRAIN_POLL_MS = 50;

/** One exchange, as a front end hands it in. */
export interface FrontEndRequest {
  readonly exchangeId: ExchangeId;
  readonly userKey: UserKey;
  /** Source address, port and Identifier. */
  readonly slot: string;
  readonly client: string;
  readonly timeLimitMs: number;
  /** The duplicate window. */
  readonly keepMs: number;
  readonly maxExchanges: number;
  readonly startsLogin: boolean;
  /** What the one who ends an overdue login must know. */
  readonly context: Uint8Array;
  /** Publishes the exchange's event; called again with the same time when the exchange is published again. */
  readonly publish: (claimedAtMs: number) => Promise<void>;
}

/** Why there is nothing to send. */
export type NoAnswer =
  /** The same exchange waits here already; whoever handed it in first gets the answer. */
  | "waiting-here"
  | "abandoned"
  | "refused"
  | "timed-out"
  | "discarded"
  /** A store or the bus is away: silence, so that the client asks again or elsewhere. */
  | "unavailable"
  /** What was found as the reply was not sealed by us. */
  | "forged";

export type FrontEndAnswer =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "none"; readonly why: NoAnswer };

export interface FrontEndParts {
  readonly gatewayId: GatewayId;
  readonly store: ExchangeStore;
  readonly replies: ReplySealer;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly request: FrontEndRequest;
  readonly settle: (answer: FrontEndAnswer) => void;
  readonly until: number;
  askedAt: number;
  lookupAt: number;
  backoffMs: number;
}

/**
 * What every front end of a login does: claim the exchange, publish it, await the verdict. A wake-up that was lost is
 * made good by looking into the store, a dead gateway's exchange by publishing it again.
 * Times of waiting go by the process (`performance.now()`), those of replies by the store's clock.
 */
export class FrontEnd {
  readonly #parts: FrontEndParts;
  readonly #waiting = new Map<ExchangeId, Waiting>();
  readonly #leaving = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(parts: FrontEndParts) {
    this.#parts = parts;
  }

  /** Exchanges that wait here. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  start(): void {
    const { store, gatewayId, log } = this.#parts;
    const signal = this.#leaving.signal;
    store
      .listen(gatewayId, (wakes) => this.#onWakes(wakes), signal)
      .catch((error: unknown) => {
        if (!signal.aborted) log.error("front_end.deaf", { error });
      });
    this.#timer = setInterval(() => void this.#tick(), LOOKUP_EVERY_MS);
  }

  /** Takes nothing new, lets what waits finish for `graceMs`, then leaves. */
  async stop(graceMs: number): Promise<void> {
    this.#draining = true;
    const until = performance.now() + graceMs;
    while (this.#waiting.size > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    clearInterval(this.#timer);
    this.#leaving.abort();
    for (const waiting of this.#waiting.values()) waiting.settle(none("unavailable"));
    this.#waiting.clear();
  }

  /** Hands in an exchange or a retransmission of it. Resolves when there is something to send, or nothing ever will be. */
  submit(request: FrontEndRequest): Promise<FrontEndAnswer> {
    const now = performance.now();
    const waiting = this.#waiting.get(request.exchangeId);
    if (waiting) {
      if (now - waiting.askedAt >= PUBLISH_AGAIN_AFTER_MS) {
        waiting.askedAt = now;
        void this.#claim(waiting);
      }
      return Promise.resolve(none("waiting-here"));
    }
    if (this.#draining) return Promise.resolve(none("unavailable"));
    return new Promise((settle) => {
      const added: Waiting = {
        request,
        settle,
        until: now + request.timeLimitMs + WAIT_GRACE_MS,
        askedAt: now,
        lookupAt: now + LOOKUP_EVERY_MS,
        backoffMs: LOOKUP_EVERY_MS,
      };
      this.#waiting.set(request.exchangeId, added);
      void this.#claim(added);
    });
  }

  async #claim(waiting: Waiting): Promise<void> {
    const { request } = waiting;
    try {
      const claim = await this.#parts.store.claim({ ...claimOf(request), gatewayId: this.#parts.gatewayId });
      switch (claim.kind) {
        case "new":
          return await request.publish(claim.claimedAtMs);
        case "joined":
          if (claim.ageMs >= PUBLISH_AGAIN_AFTER_MS) await request.publish(claim.claimedAtMs);
          return;
        case "decided":
          return this.#onReply(request.exchangeId, claim.reply);
        case "abandoned":
        case "refused":
          return this.#end(request.exchangeId, none(claim.kind));
      }
    } catch (error) {
      if (!isUnavailable(error)) this.#parts.log.error("front_end.bug", { error });
      this.#end(request.exchangeId, none("unavailable"));
    }
  }

  #onWakes(wakes: readonly Wake[]): void {
    for (const wake of wakes) this.#onReply(wake.exchangeId, wake.reply);
  }

  #onReply(exchangeId: ExchangeId, sealed: Uint8Array): void {
    if (!this.#waiting.has(exchangeId)) return; // Sent already: a wake-up may come twice.
    this.#end(exchangeId, this.#answerOf(exchangeId, sealed));
  }

  #answerOf(exchangeId: ExchangeId, sealed: Uint8Array): FrontEndAnswer {
    try {
      const reply = this.#parts.replies.open({ exchangeId }, sealed);
      if (reply === undefined) return none("forged");
      return reply.verdict === "discard" ? none("discarded") : { kind: "reply", reply };
    } catch (error) {
      this.#parts.log.warn("front_end.reply_unreadable", { error });
      return none("unavailable");
    }
  }

  #end(exchangeId: ExchangeId, answer: FrontEndAnswer): void {
    const waiting = this.#waiting.get(exchangeId);
    if (waiting === undefined) return;
    const delayMs = answer.kind === "reply" ? answer.reply.notBeforeMs - this.#parts.clock.nowMs() : 0;
    if (delayMs <= 0) {
      this.#waiting.delete(exchangeId);
      waiting.settle(answer);
      return;
    }
    // Held back (reject delay). The entry stays, so that a retransmission waits with it.
    waiting.lookupAt = Number.POSITIVE_INFINITY;
    setTimeout(() => {
      this.#waiting.delete(exchangeId);
      waiting.settle(answer);
    }, delayMs);
  }

  /** Gives up what is over, and asks for the oldest replies in case their wake-up was lost. */
  async #tick(): Promise<void> {
    const now = performance.now();
    const asked: Waiting[] = [];
    for (const [exchangeId, waiting] of this.#waiting) {
      if (now >= waiting.until) this.#end(exchangeId, none("timed-out"));
      else if (now >= waiting.lookupAt && asked.length < MAX_LOOKUP) asked.push(waiting);
    }
    for (const waiting of asked) {
      waiting.backoffMs = Math.min(waiting.backoffMs * 2, LONGEST_LOOKUP_BACKOFF_MS);
      waiting.lookupAt = now + waiting.backoffMs;
    }
    if (asked.length === 0) return;
    try {
      const replies = await this.#parts.store.replies(asked.map((waiting) => waiting.request));
      asked.forEach((waiting, index) => {
        const reply = replies[index];
        if (reply !== undefined) this.#onReply(waiting.request.exchangeId, reply);
      });
    } catch (error) {
      this.#parts.log.debug("front_end.lookup_failed", { error }); // Asked again at the next turn.
    }
  }
}

function claimOf(request: FrontEndRequest): Omit<FrontEndRequest, "publish"> {
  const { publish: _publish, ...claim } = request;
  return claim;
}

function none(why: NoAnswer): FrontEndAnswer {
  return { kind: "none", why };
}
