import type { Readiness } from "./readiness.js";

const EVERY_MS = 1_000;

/** Asks a store every second whether it is there, and makes the process unready while it is not. */
export class Probe {
  #answering = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #ask: () => Promise<unknown>;

  constructor(part: string, ask: () => Promise<unknown>, readiness: Readiness) {
    this.#ask = ask;
    readiness.add(part, () => this.#answering);
  }

  /** Asks once, then goes on by itself. */
  async start(): Promise<void> {
    try {
      await this.#ask();
      this.#answering = true;
    } catch {
      this.#answering = false; // Not ready; asked again below. What uses the store reports the error.
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
