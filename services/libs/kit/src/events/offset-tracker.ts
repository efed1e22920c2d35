/**
 * Knows which records of one partition are finished, in whatever order they finish. What may be committed is the offset
 * after the highest record with nothing unfinished below it: after a crash the unfinished come again, finished ones below
 * them do not.
 */
export class OffsetTracker {
  readonly #unfinished = new Set<bigint>();
  readonly #order: bigint[] = [];
  #head = 0;
  #next: bigint | undefined;
  #committed: bigint | undefined;

  begin(offset: bigint): void {
    this.#unfinished.add(offset);
    this.#order.push(offset);
  }

  finish(offset: bigint): void {
    this.#unfinished.delete(offset);
    for (let first = this.#order[this.#head]; first !== undefined; first = this.#order[this.#head]) {
      if (this.#unfinished.has(first)) break;
      this.#next = first + 1n;
      this.#head++;
    }
    if (this.#head > 4_096) {
      this.#order.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** The offset to commit, or undefined when there is nothing new. */
  committable(): bigint | undefined {
    return this.#next === this.#committed ? undefined : this.#next;
  }

  committed(offset: bigint): void {
    this.#committed = offset;
  }
}
