import { type Clock, isUnavailable, type Log, type Stages } from "@portcullis/kit";
import type { ReplySealer } from "./contracts/reply.js";
import { type ClaimRequest, type ExchangeRef, type ExchangeStore, MAX_LOOKUP, type Wake } from "./exchange-store.js";
import type { ExchangeId, GatewayId, UserKey } from "./ids.js";
import type { Reply } from "./login-context.js";

/** A retransmission of an exchange older than this is published again: its first gateway may have died in between. */
const PUBLISH_AGAIN_AFTER_MS = 1_000;
const LOOKUP_EVERY_MS = 1_000;
const LONGEST_LOOKUP_BACKOFF_MS = 5_000;
/** How long after its time limit an exchange is still waited for: the end of an overdue login comes a little later. */
const WAIT_GRACE_MS = 5_000;
/**
 * The longest reject delay is 10 s, and what says that a target is away comes at the time limit; a clock that is off must not
 * hold a reply back for longer.
 */
const MAX_HOLD_MS = 10_000;
const DRAIN_POLL_MS = 50;
/**
 * Exchanges of one user key that may wait at one front end. Behind, the events of a key run one after the other: a flood
 * under one name must not fill the queues in which everybody else's stand too, not even from many front ends at once (a
 * consumer holds some thousand records). No store counts them over all front ends: a key for each user, and a command for
 * each claim, would make that some tens instead of some hundreds, and what comes of them is bounded by the user's id anyway.
 */
export const MAX_WAITING_PER_USER = 64;

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
  /** What the one who ends an overdue login must know; of the first claim it stands, whoever claims later. */
  readonly context: Uint8Array;
  /**
   * Publishes the exchange's event; called again with the same time and context, those of the first claim, when the
   * exchange is published again.
   */
  readonly publish: (claimedAtMs: number, context: Uint8Array) => Promise<void>;
}

/** Why there is nothing to send. */
export type NoAnswer =
  /** The same exchange waits here already; whoever handed it in first gets the answer. */
  | "waiting-here"
  | "abandoned"
  | "refused"
  /** Too many exchanges of the same user wait here. */
  | "user-busy"
  | "timed-out"
  | "discarded"
  /** A store or the bus is away: silence, so that the client asks again or elsewhere. */
  | "unavailable"
  /** What was found as the reply was not sealed by us. */
  | "forged";

export type FrontEndAnswer =
  /** `again`: it had been decided before the exchange was handed in; the client has lost it. */
  | { readonly kind: "reply"; readonly reply: Reply; readonly again: boolean }
  | { readonly kind: "none"; readonly why: NoAnswer };

export interface FrontEndParts {
  readonly gatewayId: GatewayId;
  readonly store: ExchangeStore;
  readonly replies: ReplySealer;
  readonly clock: Clock;
  readonly stages: Pick<Stages, "observe">;
  readonly log: Log;
}

/** What is kept of an exchange while it waits: not its request, which may be large and is not needed once it is published. */
interface Waiting extends ExchangeRef {
  readonly settle: (answer: FrontEndAnswer) => void;
  readonly until: number;
  askedAt: number;
  lookupAt: number;
  backoffMs: number;
  /** Set while the reply is there and held back: then nothing but its time ends the wait. */
  held: NodeJS.Timeout | undefined;
}

/**
 * What every front end of a login does: claim the exchange, publish it, await the verdict. A wake-up that was lost is
 * made good by looking into the store, a dead gateway's exchange by publishing it again.
 * Times of waiting go by the process (`performance.now()`), those of replies by the store's clock.
 */
export class FrontEnd {
  readonly #parts: FrontEndParts;
  readonly #waiting = new Map<ExchangeId, Waiting>();
  readonly #waitingOfUser = new Map<UserKey, number>();
  readonly #leaving = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #draining = false;
  #lookingUp = false;

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
    for (const waiting of this.#waiting.values()) this.#settle(waiting, none("unavailable"));
  }

  /** Hands in an exchange or a retransmission of it. Resolves when there is something to send, or nothing ever will be. */
  submit(request: FrontEndRequest): Promise<FrontEndAnswer> {
    const now = performance.now();
    const waiting = this.#waiting.get(request.exchangeId);
    if (waiting) {
      if (waiting.held === undefined && now - waiting.askedAt >= PUBLISH_AGAIN_AFTER_MS) {
        waiting.askedAt = now;
        void this.#claimAgain(waiting, request);
      }
      return Promise.resolve(none("waiting-here"));
    }
    if (this.#draining) return Promise.resolve(none("unavailable"));
    const ofUser = this.#waitingOfUser.get(request.userKey) ?? 0;
    if (ofUser >= MAX_WAITING_PER_USER) return Promise.resolve(none("user-busy"));
    return new Promise((settle) => {
      const added: Waiting = {
        userKey: request.userKey,
        exchangeId: request.exchangeId,
        settle,
        until: now + request.timeLimitMs + WAIT_GRACE_MS,
        askedAt: now,
        lookupAt: now + LOOKUP_EVERY_MS,
        backoffMs: LOOKUP_EVERY_MS,
        held: undefined,
      };
      this.#waiting.set(request.exchangeId, added);
      this.#waitingOfUser.set(request.userKey, ofUser + 1);
      void this.#claimFirst(added, request);
    });
  }

  async #claimFirst(waiting: Waiting, request: FrontEndRequest): Promise<void> {
    try {
      await this.#claim(waiting, request);
    } catch (error) {
      this.#reportBug(error);
      this.#end(waiting, none("unavailable"));
    }
  }

  /**
   * A retransmission whose claim fails takes nothing back: the exchange was claimed, and its reply may be on its way.
   * It is claimed with its own context: where the store has lost the first claim, the end of that login may be told already.
   */
  async #claimAgain(waiting: Waiting, request: FrontEndRequest): Promise<void> {
    try {
      await this.#claim(waiting, request);
    } catch (error) {
      this.#reportBug(error);
    }
  }

  async #claim(waiting: Waiting, request: FrontEndRequest): Promise<void> {
    const { store, gatewayId, stages } = this.#parts;
    const startedAt = performance.now();
    const claim = await store.claim(claimOf(request, gatewayId));
    stages.observe("gateway.claim", startedAt);
    switch (claim.kind) {
      case "new":
        return request.publish(claim.claimedAtMs, request.context);
      case "joined":
        return claim.ageMs >= PUBLISH_AGAIN_AFTER_MS ? request.publish(claim.claimedAtMs, claim.context) : undefined;
      case "decided":
        return this.#onReply(waiting, claim.reply, true);
      case "abandoned":
      case "refused":
        return this.#end(waiting, none(claim.kind));
    }
  }

  #onWakes(wakes: readonly Wake[]): void {
    for (const { exchangeId, reply } of wakes) {
      const waiting = this.#waiting.get(exchangeId);
      if (waiting !== undefined) this.#onReply(waiting, reply, false);
    }
  }

  /** The same reply may come twice, by two wake-ups or by a wake-up and a look-up: the first one counts. */
  #onReply(waiting: Waiting, sealed: Uint8Array, again: boolean): void {
    if (this.#isOpen(waiting)) this.#end(waiting, this.#answerOf(waiting.exchangeId, sealed, again));
  }

  #answerOf(exchangeId: ExchangeId, sealed: Uint8Array, again: boolean): FrontEndAnswer {
    try {
      const reply = this.#parts.replies.open({ exchangeId }, sealed);
      if (reply === undefined) {
        this.#parts.log.error("front_end.reply_forged", { exchangeId });
        return none("forged");
      }
      return reply.verdict === "discard" ? none("discarded") : { kind: "reply", reply, again };
    } catch (error) {
      this.#parts.log.warn("front_end.reply_unreadable", { exchangeId, error });
      return none("unavailable");
    }
  }

  #end(waiting: Waiting, answer: FrontEndAnswer): void {
    if (!this.#isOpen(waiting)) return;
    const delayMs = answer.kind === "reply" ? answer.reply.notBeforeMs - this.#parts.clock.nowMs() : 0;
    if (delayMs <= 0) this.#settle(waiting, answer);
    else waiting.held = setTimeout(() => this.#settle(waiting, answer), Math.min(delayMs, longestHoldMs(waiting)));
  }

  /** Whether it waits and has no reply yet. A late step may hold an entry whose exchange waits anew under another one. */
  #isOpen(waiting: Waiting): boolean {
    return waiting.held === undefined && this.#waiting.get(waiting.exchangeId) === waiting;
  }

  #settle(waiting: Waiting, answer: FrontEndAnswer): void {
    clearTimeout(waiting.held);
    const { exchangeId, userKey } = waiting;
    this.#waiting.delete(exchangeId);
    const ofUser = (this.#waitingOfUser.get(userKey) ?? 1) - 1;
    if (ofUser > 0) this.#waitingOfUser.set(userKey, ofUser);
    else this.#waitingOfUser.delete(userKey);
    waiting.settle(answer);
  }

  #reportBug(error: unknown): void {
    if (isUnavailable(error)) this.#parts.log.debug("front_end.unavailable", { error });
    else this.#parts.log.error("front_end.bug", { error });
  }

  /** Gives up what is over, and asks for the oldest replies in case their wake-up was lost. */
  async #tick(): Promise<void> {
    const now = performance.now();
    const asked: Waiting[] = [];
    for (const waiting of this.#waiting.values()) {
      if (waiting.held !== undefined) continue;
      if (now >= waiting.until) this.#end(waiting, none("timed-out"));
      else if (now >= waiting.lookupAt && asked.length < MAX_LOOKUP) asked.push(waiting);
    }
    if (asked.length === 0 || this.#lookingUp) return;
    for (const waiting of asked) {
      waiting.backoffMs = Math.min(waiting.backoffMs * 2, LONGEST_LOOKUP_BACKOFF_MS);
      waiting.lookupAt = now + waiting.backoffMs;
    }
    await this.#lookUp(asked);
  }

  /** One look-up at a time: a store that is slow is not asked more. */
  async #lookUp(asked: readonly Waiting[]): Promise<void> {
    this.#lookingUp = true;
    try {
      const replies = await this.#parts.store.replies(asked);
      asked.forEach((waiting, index) => {
        const reply = replies[index];
        if (reply !== undefined) this.#onReply(waiting, reply, false);
      });
    } catch (error) {
      this.#reportBug(error); // Asked again at a later turn.
    } finally {
      this.#lookingUp = false;
    }
  }
}

function longestHoldMs({ until }: Waiting): number {
  return Math.max(MAX_HOLD_MS, until - performance.now());
}

function claimOf(request: FrontEndRequest, gatewayId: GatewayId): ClaimRequest {
  const { userKey, exchangeId, client, slot, timeLimitMs, keepMs, maxExchanges, startsLogin, context } = request;
  return { gatewayId, userKey, exchangeId, client, slot, timeLimitMs, keepMs, maxExchanges, startsLogin, context };
}

function none(why: NoAnswer): FrontEndAnswer {
  return { kind: "none", why };
}
