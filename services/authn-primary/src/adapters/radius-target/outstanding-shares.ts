/** Who may have how many requests under way to one target: a client that asks too much leaves the rest to the others. */
export class OutstandingShares {
  readonly #max: number;
  readonly #maxPerClient: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param share the part of `max` that one client may hold, above 0 up to 1; it is one at least */
  constructor(max: number, share: number) {
    this.#max = max;
    this.#maxPerClient = Math.max(1, Math.floor(max * share));
  }

  get total(): number {
    return this.#total;
  }

  /** @returns false when the client, or all together, have as many as they may */
  take(client: string): boolean {
    const held = this.#held.get(client) ?? 0;
    if (this.#total >= this.#max || held >= this.#maxPerClient) {
      return false;
    }
    this.#held.set(client, held + 1);
    this.#total++;
    return true;
  }

  /** Gives back what `take` gave. */
  give(client: string): void {
    const held = this.#held.get(client);
    if (held === undefined) {
      return;
    }
    if (held === 1) {
      this.#held.delete(client);
    } else {
      this.#held.set(client, held - 1);
    }
    this.#total--;
  }
}
