/** Counts by name, each up to a limit. A name with none is forgotten. */
export class ConnectionCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Takes one more of a name, or returns false when it has `max` already. */
  take(name: string, max: number): boolean {
    const count = this.#counts.get(name) ?? 0;
    if (count >= max) return false;
    this.#counts.set(name, count + 1);
    this.#total++;
    return true;
  }

  /** Gives one back; there must be one. */
  giveBack(name: string): void {
    const count = this.#counts.get(name) ?? 0;
    if (count > 1) this.#counts.set(name, count - 1);
    else this.#counts.delete(name);
    this.#total--;
  }
}
