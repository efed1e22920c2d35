import type { FollowedClock, Log, Readiness } from "@portcullis/kit";
import type { PendingStore } from "./pending-store.js";

const EVERY_MS = 1_000;
/** Beyond this offset codes and deadlines begin to suffer. */
const ALERT_OFFSET_MS = 2_000;
/** Beyond this one nothing that this process says about time is worth anything. */
const UNREADY_OFFSET_MS = 30_000;

/** Keeps a process on the store's clock, and unready while the store is away or the machine's clock is far off. */
export class StoreClock {
  readonly #store: PendingStore;
  readonly #clock: FollowedClock;
  readonly #log: Log;
  #answering = false;
  #alerted = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { store: PendingStore; clock: FollowedClock; readiness: Readiness; log: Log }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    parts.readiness.add("pending store", () => this.#answering);
    parts.readiness.add("clock", () => Math.abs(this.#clock.offsetMs) < UNREADY_OFFSET_MS);
  }

  /** Asks once, then goes on by itself. */
  async start(): Promise<void> {
    const askedAtMs = performance.now();
    try {
      const timeMs = await this.#store.timeMs();
      this.#clock.follow(timeMs, performance.now() - askedAtMs);
      this.#answering = true;
      this.#report();
    } catch (error) {
      if (this.#answering) this.#log.warn("store.away", { error });
      this.#answering = false;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #report(): void {
    const off = Math.abs(this.#clock.offsetMs) > ALERT_OFFSET_MS;
    if (off && !this.#alerted) this.#log.error("clock.off", { offsetMs: this.#clock.offsetMs });
    this.#alerted = off;
  }
}
