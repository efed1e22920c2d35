import type { Clock } from "@portcullis/kit";

/** Behind a reverse proxy all of a provider's webhooks have its address: enough for a morning's logins, too few to drown in. */
const PER_SECOND = 200;
const BURST = 1_000;
/** Addresses that are remembered; the oldest make room. */
const MAX_ADDRESSES = 1_000;

interface Budget {
  left: number;
  atMs: number;
}

/** So many requests of one address, and no more: a bucket that fills up by itself. */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, Budget>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether one more may be answered */
  take(address: string): boolean {
    const nowMs = this.#clock.nowMs();
    const known = this.#budgets.get(address) ?? { left: BURST, atMs: nowMs };
    const left = Math.min(BURST, known.left + ((nowMs - known.atMs) / 1_000) * PER_SECOND);
    this.#budgets.delete(address); // Put at the end: who asks is not the oldest.
    this.#budgets.set(address, { left: Math.max(0, left - 1), atMs: nowMs });
    if (this.#budgets.size > MAX_ADDRESSES) {
      const oldest = this.#budgets.keys().next();
      if (!oldest.done) this.#budgets.delete(oldest.value);
    }
    return left >= 1;
  }
}
