import type { Attempt, TargetAnswer } from "../../domain/first-factor.js";
import type { Target } from "../ports.js";

/** How long an answer is remembered: for as long as an exchange may be published again. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 50_000;

interface Remembered {
  readonly answer: Promise<TargetAnswer>;
  /** By `performance.now()`. */
  readonly until: number;
}

/**
 * Asks a target once for each exchange, however often its event comes: a second try of a wrong password counts in a
 * directory behind the target, and EAP knows no second try. What a killed process had asked is asked once more.
 */
export class AskedOnce implements Target {
  readonly #target: Target;
  /** In the order of their ends, since all are remembered for the same time. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(target: Target) {
    this.#target = target;
  }

  check(attempt: Attempt): Promise<TargetAnswer> {
    const now = performance.now();
    this.#forgetOld(now);
    const known = this.#remembered.get(attempt.exchangeId);
    if (known !== undefined) return known.answer;
    const answer = this.#target.check(attempt);
    this.#remembered.set(attempt.exchangeId, { answer, until: now + REMEMBER_MS });
    // "Not now" is no answer: the next time it is asked again.
    answer.catch(() => this.#remembered.delete(attempt.exchangeId));
    return answer;
  }

  close(graceMs: number): Promise<void> {
    return this.#target.close?.(graceMs) ?? Promise.resolve();
  }

  #forgetOld(now: number): void {
    for (const [exchangeId, { until }] of this.#remembered) {
      if (until > now && this.#remembered.size < MAX_REMEMBERED) return;
      this.#remembered.delete(exchangeId);
    }
  }
}
