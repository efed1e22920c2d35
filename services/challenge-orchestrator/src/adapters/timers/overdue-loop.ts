import { isUnavailable, type Log } from "@portcullis/kit";
import { SWEEP_LIMIT } from "../../application/sweep-overdue.js";

const EVERY_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
/** How long the end of the process waits for the turn that is under way; another replica does the rest. */
const LEAVE_LIMIT_MS = 5_000;

/**
 * Sweeps what is overdue until the process leaves: every quarter of a second, at once when there is more, and more rarely
 * while a store is away. As a provider, Nest calls it at the start and at the end.
 */
export class OverdueLoop {
  readonly #turn: () => Promise<number>;
  readonly #log: Log;
  readonly #leaving = new AbortController();
  #finished: Promise<void> = Promise.resolve();

  /** @param turn gives the number of entries it found */
  constructor(turn: () => Promise<number>, log: Log) {
    this.#turn = turn;
    this.#log = log;
  }

  onApplicationBootstrap(): void {
    this.#finished = this.#run();
  }

  async onModuleDestroy(): Promise<void> {
    this.#leaving.abort();
    const limit = new AbortController();
    await Promise.race([this.#finished, pause(LEAVE_LIMIT_MS, limit.signal)]);
    limit.abort();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    let pauseMs = EVERY_MS;
    while (!signal.aborted) {
      try {
        const found = await this.#turn();
        pauseMs = found >= SWEEP_LIMIT ? 0 : EVERY_MS;
      } catch (error) {
        pauseMs = Math.min(Math.max(pauseMs, EVERY_MS) * 2, LONGEST_BACKOFF_MS);
        if (isUnavailable(error)) this.#log.warn("overdue.waits_for_store", { error });
        else this.#log.error("overdue.bug", { error });
      }
      await pause(pauseMs, signal);
    }
  }
}

/** Resolves after a time, or as soon as the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
