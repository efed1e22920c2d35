import { type Clock, isUnavailable, type Log } from "@portcullis/kit";
import {
  type DueEntry,
  decodeContext,
  decodeOutcome,
  decodeWaitingExchange,
  encodeOutcome,
  type LoginOutcome,
  type PendingStore,
  type ReplySealer,
} from "@portcullis/login";
import { DISCARD } from "../domain/replies.js";
import type { AnnounceEnd } from "./announce-end.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { isHandedOver, lostOutcomeOf } from "./conversations.js";
import { unansweredOutcome, undecidedOutcome } from "./outcomes.js";

/** Entries that one turn takes. */
export const SWEEP_LIMIT = 256;
/** For how long nobody else takes them; whoever dies in between loses them to another replica. */
const LEASE_MS = 10_000;

export interface SweepOverdueParts {
  readonly store: PendingStore;
  readonly replies: ReplySealer;
  readonly announceEnd: AnnounceEnd;
  readonly concludeHeld: Pick<ConcludeHeld, "tell">;
  readonly challenges: Pick<Challenges, "open">;
  readonly clock: Clock;
  readonly log: Log;
  readonly keepMs: number;
}

type ExchangeEntry = DueEntry & { readonly kind: "exchange" };
interface EndOfLogin {
  readonly outcome: LoginOutcome;
  /** Exchanges that are still to be told. */
  readonly waiting: readonly Uint8Array[];
}

type LoginEntry = DueEntry & { readonly kind: "login" };

/**
 * Ends what is overdue, and completes what died between its end and its announcement: every login ends in one row of the
 * audit, whatever happened on the way.
 */
export class SweepOverdue {
  readonly #parts: SweepOverdueParts;

  constructor(parts: SweepOverdueParts) {
    this.#parts = parts;
  }

  /**
   * One turn.
   * @returns how many entries it found. Rejects with `Unavailable` when a store was away; what it did until then stays.
   */
  async execute(): Promise<number> {
    const { store } = this.#parts;
    const entries = await store.due(SWEEP_LIMIT, LEASE_MS);
    if (entries.length === 0) return 0;
    const results = await Promise.allSettled(entries.map((entry) => this.#end(entry)));
    const done = entries.filter((entry, at) => this.#isDone(entry, results[at]));
    if (done.length > 0) await store.removeDue(done);
    const failed = results.find((result) => result.status === "rejected" && isUnavailable(result.reason));
    if (failed?.status === "rejected") throw failed.reason;
    return entries.length;
  }

  #isDone(entry: DueEntry, result: PromiseSettledResult<boolean> | undefined): boolean {
    if (result?.status === "fulfilled") return result.value;
    if (result === undefined || isUnavailable(result.reason)) return false;
    // A record that can't be read never will be; kept, it would come back for ever.
    this.#parts.log.error("overdue.unreadable", { ...entry, error: result.reason });
    return true;
  }

  /** @returns whether the entry is no longer needed */
  async #end(entry: DueEntry): Promise<boolean> {
    if (entry.kind === "exchange") {
      const outcome = await this.#exchangeEnd(entry);
      if (outcome !== undefined) await this.#parts.announceEnd.execute(outcome);
      return true;
    }
    const ended = await this.#loginEnd(entry);
    if (ended === "running") return false;
    if (ended === "unknown") return true;
    await this.#parts.concludeHeld.tell(ended.outcome, ended.waiting);
    await this.#parts.announceEnd.execute(ended.outcome);
    return true;
  }

  /** The login's end; undefined when it goes on under another entry, or nothing is known of it. */
  async #exchangeEnd(entry: ExchangeEntry): Promise<LoginOutcome | undefined> {
    const { store, clock } = this.#parts;
    const status = await store.inspectExchange(entry);
    switch (status.kind) {
      case "waiting":
        return this.#giveUp(entry, status.context);
      case "abandoned":
        return undecidedOutcome(decodeContext(status.context), "FAILED_EXCHANGE_ABANDONED", clock.nowMs());
      case "decided":
        return status.outcome === undefined ? undefined : decodeOutcome(status.outcome);
      case "unknown":
        return undefined;
    }
  }

  /** Nobody decided it in time: no reply. A decision that was faster stands. */
  async #giveUp(entry: ExchangeEntry, contextBytes: Uint8Array): Promise<LoginOutcome | undefined> {
    const { store, replies, clock, keepMs } = this.#parts;
    const { exchangeId, userKey } = entry;
    const context = decodeContext(contextBytes);
    const outcome = encodeOutcome(undecidedOutcome(context, "FAILED_DEADLINE_EXCEEDED", clock.nowMs()));
    const reply = replies.seal({ exchangeId }, DISCARD);
    const decided = await store.decideExchange({ exchangeId, userKey, reply, outcome, keepMs });
    switch (decided.kind) {
      case "decided":
        await store.wake(decided.gateways, { exchangeId, reply: decided.reply });
        return decided.outcome === undefined ? undefined : decodeOutcome(decided.outcome);
      case "abandoned":
        return undecidedOutcome(context, "FAILED_EXCHANGE_ABANDONED", clock.nowMs());
      case "unknown":
        return undecidedOutcome(context, "FAILED_DEADLINE_EXCEEDED", clock.nowMs());
    }
  }

  /** A conversation with a target that was to go on as a login of the user, and whoever did that died before it was open. */
  async #lostEnd(lost: LoginOutcome): Promise<EndOfLogin | "unknown"> {
    const status = await this.#parts.store.inspectLogin({ userId: lost.userId, loginId: lost.context.loginId });
    return status.kind === "unknown" ? { outcome: lost, waiting: [] } : "unknown";
  }

  async #loginEnd(entry: LoginEntry): Promise<EndOfLogin | "running" | "unknown"> {
    const { store, clock, keepMs } = this.#parts;
    const { userId, loginId } = entry;
    const expired = await store.expire({ userId, loginId, keepMs });
    switch (expired.kind) {
      case "expired":
      case "superseded": {
        const { context } = decodeWaitingExchange(expired.context);
        const login = { userId, loginId, userKnown: (userId as string) !== context.userKey };
        const outcome = unansweredOutcome(expired, login, this.#parts.challenges, clock.nowMs());
        return { outcome, waiting: expired.waiting };
      }
      case "ended":
        if (isHandedOver(expired.outcome)) return this.#lostEnd(lostOutcomeOf(expired.outcome));
        return { outcome: decodeOutcome(expired.outcome), waiting: expired.waiting };
      case "running":
      case "unknown":
        return expired.kind;
    }
  }
}
