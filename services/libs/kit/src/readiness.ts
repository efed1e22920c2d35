/** Whether this process can decide a login now: every part that must be there says so. */
export class Readiness {
  readonly #parts = new Map<string, () => boolean>();

  add(part: string, isReady: () => boolean): void {
    this.#parts.set(part, isReady);
  }

  /** The parts that are not ready; empty when all are. */
  missing(): string[] {
    return [...this.#parts].filter(([, isReady]) => !isReady()).map(([part]) => part);
  }
}
