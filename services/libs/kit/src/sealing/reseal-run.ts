import type { Log } from "../telemetry/log.js";
import { isUnavailable } from "../unavailable.js";
import type { Resealer, ResealOutcome, ResealProgress } from "./resealer.js";

/** How one resealer stands. */
export type ResealPart = { readonly what: string } & ResealProgress &
  (ResealOutcome | { readonly outcome: "waiting" | "running" | "unavailable" | "failed" | "stopped" });

export interface ResealStatus {
  readonly running: boolean;
  readonly parts: readonly ResealPart[];
}

/** The resealers of a process, one after the other and in the background: who asked looks now and then how far it is. */
export class ResealRun {
  readonly #log: Log;
  readonly #leaving = new AbortController();
  #parts: ResealPart[] = [];
  #running = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Begins; one that is under way goes on instead. */
  begin(resealers: readonly Resealer[]): void {
    if (this.#running || this.#leaving.signal.aborted) return;
    this.#running = true;
    this.#parts = resealers.map(({ what }) => ({ what, done: 0, total: 0, outcome: "waiting" }));
    void this.#work(resealers);
  }

  status(): ResealStatus {
    return { running: this.#running, parts: [...this.#parts] };
  }

  /** What is under way ends after its page. */
  stop(): void {
    this.#leaving.abort();
  }

  /** Never rejects. One that fails does not keep the others from their work. */
  async #work(resealers: readonly Resealer[]): Promise<void> {
    for (const [at, resealer] of resealers.entries()) await this.#workOn(resealer, at);
    this.#running = false;
    this.#log.info("keys.resealed", { parts: this.#parts.map(({ what, outcome }) => `${what}: ${outcome}`) });
  }

  async #workOn(resealer: Resealer, at: number): Promise<void> {
    const { what } = resealer;
    let progress: ResealProgress = { done: 0, total: 0 };
    const set = (how: ResealOutcome | { outcome: "running" | "unavailable" | "failed" | "stopped" }): void => {
      this.#parts[at] = { what, ...progress, ...how };
    };
    set({ outcome: "running" });
    try {
      const told = (now: ResealProgress): void => {
        progress = now;
        set({ outcome: "running" });
      };
      const outcome = await resealer.run(told, this.#leaving.signal);
      set(this.#leaving.signal.aborted ? { outcome: "stopped" } : outcome);
    } catch (error) {
      const away = isUnavailable(error);
      this.#log[away ? "warn" : "error"]("keys.not_resealed", { what, error });
      set({ outcome: away ? "unavailable" : "failed" });
    }
  }
}
