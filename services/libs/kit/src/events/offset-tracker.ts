const COMPACT_AT = 4_096;

/**
 * Knows which records of one partition are finished, in whatever order they finish. What may be committed is the offset
 * after the highest record with nothing unfinished below it: after a crash the unfinished come again, finished ones below
 * them do not. Offsets are exact as numbers up to 2^53.
 */
export class OffsetTracker {
  readonly #unfinished = new Set<number>();
  readonly #order: number[] = [];
  #head = 0;
  #last = -1;
  #next: number | undefined;
  #committed: number | undefined;

  /** Whether `offset` lies beyond everything begun here: the partition is read forward, and only forward. */
  follows(offset: number): boolean {
    return offset > this.#last;
  }

  /** To be called in the order of the offsets. */
  begin(offset: number): void {
    this.#last = offset;
    this.#unfinished.add(offset);
    this.#order.push(offset);
  }

  finish(offset: number): void {
    this.#unfinished.delete(offset);
    for (let first = this.#order[this.#head]; first !== undefined; first = this.#order[this.#head]) {
      if (this.#unfinished.has(first)) break;
      this.#next = first + 1;
      this.#head++;
    }
    if (this.#head > COMPACT_AT) {
      this.#order.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** The offset to commit, or undefined when there is nothing new. */
  committable(): number | undefined {
    return this.#next === this.#committed ? undefined : this.#next;
  }

  committed(offset: number): void {
    this.#committed = offset;
  }
}
