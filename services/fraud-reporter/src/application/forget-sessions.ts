import type { Clock, Log } from "@portcullis/kit";
import type { SessionStore } from "./ports.js";

const EVERY_MS = 3_600_000;
const KEEP_MS = 90 * 24 * 3_600_000;
const MAX_AT_ONCE = 5_000;
/** Deletions of one turn; what is left is for the next. */
const MAX_TURNS = 100;

/** Deletes sessions 90 days after they were last heard of, once an hour: open ones too, whose end was lost. */
export class ForgetSessions {
  readonly #store: Pick<SessionStore, "forget">;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #leaving = false;

  constructor(store: Pick<SessionStore, "forget">, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.execute(), EVERY_MS);
  }

  onModuleDestroy(): void {
    this.#leaving = true;
    clearInterval(this.#timer);
  }

  async execute(): Promise<void> {
    try {
      let forgotten = 0;
      for (let turn = 0; turn < MAX_TURNS && !this.#leaving; turn++) {
        const deleted = await this.#store.forget(this.#clock.nowMs() - KEEP_MS, MAX_AT_ONCE);
        forgotten += deleted;
        if (deleted < MAX_AT_ONCE) break;
      }
      if (forgotten > 0) this.#log.info("sessions.forgotten", { count: forgotten });
    } catch (error) {
      this.#log.debug("sessions.not_forgotten", { error }); // Tried again in an hour.
    }
  }
}
