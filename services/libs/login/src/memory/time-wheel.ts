/** How finely a wheel sorts by time. Coarser means fewer buckets; what is due within a bucket is looked at one by one. */
const BUCKET_MS = 250;

/** Something that has its time; at most in one wheel. */
export class Timed {
  /** When its time has come, milliseconds since 1970. */
  atMs = 0;
  /** Links of the wheel's list; of no meaning to anyone else. */
  next: Timed | undefined;
  previous: Timed | undefined;

  get placed(): boolean {
    return this.previous !== undefined;
  }
}

/**
 * Things ordered by time, roughly: a doubly linked list for each quarter of a second. Placing, moving and removing cost
 * a few pointer writes, whatever the number of things; nothing needs a timer of its own.
 */
export class TimeWheel<T extends Timed> {
  readonly #buckets = new Map<number, Timed>();
  #size = 0;
  /** No bucket before this one holds anything. */
  #first = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#size;
  }

  /** Puts a thing at its time, or moves it there. */
  place(thing: T, atMs: number): void {
    this.remove(thing);
    thing.atMs = atMs;
    const bucket = Math.floor(atMs / BUCKET_MS);
    const head = this.#buckets.get(bucket) ?? this.#open(bucket);
    thing.previous = head;
    thing.next = head.next;
    if (head.next) head.next.previous = thing;
    head.next = thing;
    this.#size++;
  }

  remove(thing: T): void {
    const { previous, next } = thing;
    if (previous === undefined) return;
    previous.next = next;
    if (next) next.previous = previous;
    thing.previous = undefined;
    thing.next = undefined;
    this.#size--;
  }

  /** Takes out what has come to its time, at most `limit`, earlier quarters of a second first. */
  take(nowMs: number, limit: number): T[] {
    const taken: T[] = [];
    const last = Math.floor(nowMs / BUCKET_MS);
    for (const bucket of this.#until(last)) {
      let thing = this.#buckets.get(bucket)?.next as T | undefined;
      while (thing !== undefined) {
        if (taken.length === limit) return taken;
        const following = thing.next as T | undefined;
        if (thing.atMs <= nowMs) {
          this.remove(thing);
          taken.push(thing);
        }
        thing = following;
      }
      if (bucket < last) this.#buckets.delete(bucket);
    }
    if (this.#first < last) this.#first = last;
    return taken;
  }

  #open(bucket: number): Timed {
    const head = new Timed();
    this.#buckets.set(bucket, head);
    if (bucket < this.#first) this.#first = bucket;
    return head;
  }

  /** Numbers of the buckets up to `last`, in order. After a long silence there are more numbers than buckets. */
  #until(last: number): Iterable<number> {
    if (last < this.#first) return [];
    if (last - this.#first <= this.#buckets.size) return range(this.#first, last);
    return [...this.#buckets.keys()].filter((bucket) => bucket <= last).toSorted((a, b) => a - b);
  }
}

function* range(first: number, last: number): Iterable<number> {
  for (let number = first; number <= last; number++) yield number;
}
