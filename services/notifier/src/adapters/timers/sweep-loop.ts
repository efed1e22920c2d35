import { setTimeout as sleep } from "node:timers/promises";
import { isUnavailable, type Log } from "@portcullis/kit";

const EVERY_MS = 1_000;
const LONGEST_BACKOFF_MS = 10_000;
/** How long the end of the process waits for the turn that is under way; another replica does the rest. */
const LEAVE_LIMIT_MS = 5_000;

/** Takes a turn every second until the process leaves, more rarely while the database is away. Nest starts and ends it. */
export class SweepLoop {
  readonly #turn: () => Promise<void>;
  readonly #log: Log;
  readonly #leaving = new AbortController();
  #finished: Promise<void> = Promise.resolve();

  constructor(turn: () => Promise<void>, log: Log) {
    this.#turn = turn;
    this.#log = log;
  }

  onApplicationBootstrap(): void {
    this.#finished = this.#run();
  }

  async onModuleDestroy(): Promise<void> {
    this.#leaving.abort();
    await Promise.race([this.#finished, sleep(LEAVE_LIMIT_MS, undefined, { ref: false })]);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    let pauseMs = EVERY_MS;
    while (!signal.aborted) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#turn();
        pauseMs = EVERY_MS;
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, LONGEST_BACKOFF_MS);
        if (isUnavailable(error)) this.#log.warn("sweep.waits_for_store", { error });
        else this.#log.error("sweep.bug", { error });
      }
    }
  }
}
