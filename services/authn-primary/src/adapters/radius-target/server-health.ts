import type { HealthOptions, ServerState } from "./target-options.js";

/**
 * How one server is:
 *
 *     alive --several requests unanswered--> zombie --silent for the zombie period--> dead
 *     zombie, dead --an answer to a request, or several in a row to Status-Server--> alive
 *     dead --the revive interval, where there is no Status-Server--> alive
 *
 * Time is handed in, and each look brings the state up to it; there is no timer in here.
 */
export class ServerHealth {
  readonly #options: HealthOptions;
  readonly #changed: (state: ServerState) => void;
  #state: ServerState = "alive";
  #sinceMs = 0;
  #heardMs = Number.NEGATIVE_INFINITY;
  #unanswered = 0;
  #statusAnswers = 0;

  constructor(options: HealthOptions, changed: (state: ServerState) => void) {
    this.#options = options;
    this.#changed = changed;
  }

  state(nowMs: number): ServerState {
    const { zombiePeriodMs, statusServer, reviveIntervalMs } = this.#options;
    if (this.#state === "zombie" && nowMs - Math.max(this.#sinceMs, this.#heardMs) >= zombiePeriodMs) {
      this.#become("dead", nowMs);
    }
    if (this.#state === "dead" && !statusServer && nowMs - this.#sinceMs >= reviveIntervalMs) {
      this.#become("alive", nowMs);
    }
    return this.#state;
  }

  /** A reply to a request verified: nothing proves life better. */
  answered(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#unanswered = 0;
    this.#become("alive", nowMs);
  }

  /**
   * A request got no answer. It says something about the server only when the server was silent to all others too since
   * the request was first sent; else it did not like this one.
   */
  unanswered(sentMs: number, nowMs: number): void {
    if (this.#heardMs >= sentMs) {
      return;
    }
    this.#unanswered++;
    if (this.state(nowMs) === "alive" && this.#unanswered >= this.#options.timeoutsToZombie) {
      this.#become("zombie", nowMs);
    }
  }

  /** A Status-Server was answered. */
  statusAnswered(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#statusAnswers++;
    if (this.#statusAnswers >= this.#options.answersToAlive) {
      this.#become("alive", nowMs);
    }
  }

  /** A Status-Server was not answered: those that were do not count any more. */
  statusUnanswered(nowMs: number): void {
    this.#statusAnswers = 0;
    this.state(nowMs);
  }

  #become(state: ServerState, nowMs: number): void {
    if (this.#state === state) {
      return;
    }
    this.#state = state;
    this.#sinceMs = nowMs;
    this.#unanswered = 0;
    this.#statusAnswers = 0;
    this.#changed(state);
  }
}
