/** Time as a port. Deadlines, leases and codes go by the store's clock, so that all processes agree. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/**
 * The store's clock, asked every few seconds and read without a round trip. In between it goes by the process' monotonic
 * time: when somebody sets this machine's clock, no code of another hour is right and no login is past its deadline.
 */
export class FollowedClock implements Clock {
  #aheadMs = Date.now() - performance.now();
  #offsetMs = 0;

  nowMs(): number {
    return Math.round(performance.now() + this.#aheadMs);
  }

  /** How far this machine's clock was behind when the other one was asked last. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Takes over what the other clock said, half a round trip ago. */
  follow(otherMs: number, roundTripMs: number): void {
    const nowMs = otherMs + roundTripMs / 2;
    this.#aheadMs = nowMs - performance.now();
    this.#offsetMs = Math.round(nowMs - Date.now());
  }
}
