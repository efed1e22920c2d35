import type { Readiness } from "./readiness.js";

const EVERY_MS = 1_000;
/** A store that takes longer to answer is away: silence would otherwise count as the last answer. */
const ANSWER_LIMIT_MS = 3_000;

/** Asks a store every second whether it is there, and makes the process unready while it is not. */
export class Probe {
  readonly #ask: () => Promise<unknown>;
  #answering = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(part: string, ask: () => Promise<unknown>, readiness: Readiness) {
    this.#ask = ask;
    readiness.add(part, () => this.#answering);
  }

  /** Asks once, then goes on by itself. Never rejects. */
  async start(): Promise<void> {
    this.#answering = await this.#isAnswered();
    if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** What uses the store reports its errors. */
  #isAnswered(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ANSWER_LIMIT_MS);
      const answer = (isThere: boolean): void => {
        clearTimeout(timer);
        resolve(isThere);
      };
      // Called within a promise, so that a throw counts as a rejection.
      Promise.resolve()
        .then(this.#ask)
        .then(
          () => answer(true),
          () => answer(false),
        );
    });
  }
}
