/** What a bucket holds when it is full: what comes in two seconds. After a pause so much is let through at once. */
const FULL_MS = 2_000;

/**
 * A token bucket as one number: the time at which it is full again, which each token moves on by its share of a second. Its
 * rate may be another one at each call. Both buckets of a packet cost 0.1 microseconds together. rate-limiter-flexible
 * takes 0.25 for each, which would do; yet it has a timer for each key, keeps as many keys as are sent, and gives a promise,
 * so that every packet would wait a turn.
 */
export class TokenBucket {
  #fullAtMs = Number.NEGATIVE_INFINITY;

  /** @returns whether there was a token; one that was not there costs nothing */
  take(perSecond: number, nowMs: number): boolean {
    const fullAtMs = Math.max(this.#fullAtMs, nowMs) + 1_000 / perSecond;
    if (fullAtMs - nowMs > FULL_MS) return false;
    this.#fullAtMs = fullAtMs;
    return true;
  }
}
