import { setTimeout as sleep } from "node:timers/promises";
import { isUnavailable, type Log } from "@portcullis/kit";
import { SWEEP_LIMIT } from "../../application/sweep-overdue.js";

const EVERY_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;

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
    await this.#finished;
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
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined); // Aborted: the loop ends.
    }
  }
}
