import type { Log } from "./log.js";

const QUIET_MS = 5_000;

/**
 * One line for trouble that hits every event while a store is away: at once when it begins, then every five seconds at the
 * most, with the number of times in between. Thousands of lines a second would help nobody.
 */
export class RepeatedWarning {
  readonly #log: Log;
  readonly #event: string;
  #quietUntilMs = 0;
  #suppressed = 0;

  constructor(log: Log, event: string) {
    this.#log = log;
    this.#event = event;
  }

  warn(fields: Readonly<Record<string, unknown>>): void {
    const nowMs = performance.now();
    if (nowMs < this.#quietUntilMs) {
      this.#suppressed++;
      return;
    }
    this.#quietUntilMs = nowMs + QUIET_MS;
    this.#log.warn(this.#event, { ...fields, ...(this.#suppressed > 0 ? { more: this.#suppressed } : {}) });
    this.#suppressed = 0;
  }
}
