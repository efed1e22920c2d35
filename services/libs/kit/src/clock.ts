/** Time as a port. Deadlines, leases and codes go by the store's clock, so that all processes agree. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** The store's clock, followed by an offset to this machine's: asked every few seconds, read without a round trip. */
export class FollowedClock implements Clock {
  #offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Takes over what the other clock said, half a round trip ago. */
  follow(otherMs: number, roundTripMs: number): void {
    this.#offsetMs = Math.round(otherMs + roundTripMs / 2 - Date.now());
  }
}
