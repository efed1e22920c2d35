import { sleepMs } from "@portcullis/testkit";

const STEP_MS = 30_000;
/** Nothing starts so close to a new step: the generator and the server look at the clock one after the other. */
const MARGIN_MS = 250;
const NEVER = -1;

/**
 * Hands out users so that no code is used twice on one server: a user comes again only in a later step. A run lies within
 * one step, because FreeRADIUS takes no code of the step before.
 */
export class UserRanges {
  /** The TOTP step in which each user's code was last taken. */
  readonly #lastSteps: Int32Array;
  readonly #clock: Clock;
  #next = 0;

  constructor(count: number, clock: Clock = SYSTEM_CLOCK) {
    this.#lastSteps = new Int32Array(count).fill(NEVER);
    this.#clock = clock;
  }

  /** Waits until a run of this length with this many users may begin. @returns the index of the first user */
  async take(wanted: number, durationMs: number): Promise<number> {
    if (this.#next + wanted > this.#lastSteps.length) this.#next = 0;
    const first = this.#next;
    const lastStep = this.#lastSteps
      .subarray(first, first + wanted)
      .reduce((last, step) => Math.max(last, step), NEVER);
    const now = this.#clock.now();
    const stepEnd = (stepAt(now) + 1) * STEP_MS;
    if (stepAt(now) <= lastStep || now + durationMs + MARGIN_MS > stepEnd) {
      await this.#clock.wait(stepEnd + MARGIN_MS - now);
    }
    return first;
  }

  /** To be called after the run. @param next the user behind the last one that was taken; 0 is the end of the list */
  taken(first: number, next: number): void {
    this.#lastSteps.fill(stepAt(this.#clock.now()), first, next === 0 ? undefined : next);
    this.#next = next;
  }
}

interface Clock {
  now(): number;
  wait(durationMs: number): Promise<void>;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), wait: sleepMs };

function stepAt(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}
