/** Whether this process can decide a login now: every part that must be there says so. */
export class Readiness {
  readonly #parts: { readonly part: string; readonly isReady: () => boolean }[] = [];

  /** Two parts of one name both count: in one process several services may need the same store. */
  add(part: string, isReady: () => boolean): void {
    this.#parts.push({ part, isReady });
  }

  /** The parts that are not ready; empty when all are. */
  missing(): string[] {
    return [...new Set(this.#parts.filter(({ isReady }) => !isReady()).map(({ part }) => part))];
  }
}
