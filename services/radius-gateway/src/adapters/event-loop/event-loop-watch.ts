import type { BeforeApplicationShutdown, OnApplicationBootstrap } from "@nestjs/common";

const EVERY_MS = 100;
/** The weight of the newest look: one long pause alone is none yet, several in a row are. */
const WEIGHT = 0.25;
/** Later than this on the average, and what is let in anew would only make it worse. */
const LATE_MS = 500;

/** Whether this process comes to its work in time: how much later than it should a timer of its own comes, on the average. */
export class EventLoopWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #ownerLatenessMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #latenessMs = 0;
  #dueMs = 0;

  /** @param ownerLatenessMs of another thread on which the work of this one hangs */
  constructor(ownerLatenessMs: () => number = () => 0) {
    this.#ownerLatenessMs = ownerLatenessMs;
  }

  get latenessMs(): number {
    return this.#latenessMs;
  }

  get isLate(): boolean {
    return Math.max(this.#latenessMs, this.#ownerLatenessMs()) > LATE_MS;
  }

  onApplicationBootstrap(): void {
    this.#dueMs = performance.now() + EVERY_MS;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    const lateMs = Math.max(0, nowMs - this.#dueMs);
    this.#latenessMs += (lateMs - this.#latenessMs) * WEIGHT;
    this.#dueMs = nowMs + EVERY_MS;
  }
}
