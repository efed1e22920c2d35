type Task = () => Promise<void>;

interface Waiter {
  readonly size: number;
  readonly wake: (thereIsRoom: boolean) => void;
}

/** The tasks of a key behind the one that runs: a list, since an array that is taken from at its front moves all the rest. */
interface Link {
  readonly task: Task;
  next: Link | undefined;
}

interface Line {
  first: Link | undefined;
  last: Link | undefined;
}

const COMPACT_AT = 1_024;

/**
 * Runs tasks of one key one after the other and tasks of different keys at once, up to a limit; what comes beyond waits
 * in order. A task deals with its own trouble: what it rejects with is ignored, the next of its key runs all the same.
 */
export class KeyedQueue {
  readonly #limit: number;
  /** The keys of tasks that run or wait for their turn, each with the tasks behind. */
  readonly #behind = new Map<string, Line>();
  readonly #ready: { readonly key: string; readonly task: Task }[] = [];
  readonly #waiters = new Set<Waiter>();
  #readyHead = 0;
  #running = 0;
  #held = 0;

  /** @param limit the most tasks that run at once */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Tasks that run or wait. */
  get size(): number {
    return this.#held;
  }

  add(key: string, task: Task): void {
    this.#held++;
    const line = this.#behind.get(key);
    if (line !== undefined) {
      append(line, task);
      return;
    }
    this.#behind.set(key, { first: undefined, last: undefined });
    if (this.#running < this.#limit) this.#run(key, task);
    else this.#ready.push({ key, task });
  }

  /** Resolves with true when fewer than `size` tasks are held, with false when that is not so within `limitMs`. */
  room(size: number, limitMs: number): Promise<boolean> {
    if (this.#held < size) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.wake(false), limitMs);
      const waiter: Waiter = {
        size,
        wake: (thereIsRoom) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(thereIsRoom);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  #run(key: string, task: Task): void {
    this.#running++;
    const ended = (): void => this.#ended(key);
    try {
      task().then(ended, ended);
    } catch {
      ended(); // It is for the task to report its trouble; here only its turn is over.
    }
  }

  #ended(key: string): void {
    this.#running--;
    this.#held--;
    const line = this.#behind.get(key);
    if (line?.first === undefined) {
      this.#behind.delete(key);
    } else {
      this.#ready.push({ key, task: line.first.task });
      line.first = line.first.next;
    }
    this.#startReady();
    for (const waiter of this.#waiters) {
      if (this.#held < waiter.size) waiter.wake(true);
    }
  }

  #startReady(): void {
    while (this.#running < this.#limit && this.#readyHead < this.#ready.length) {
      const next = this.#ready[this.#readyHead++];
      if (next !== undefined) this.#run(next.key, next.task);
    }
    if (this.#readyHead > COMPACT_AT || this.#readyHead === this.#ready.length) {
      this.#ready.splice(0, this.#readyHead);
      this.#readyHead = 0;
    }
  }
}

function append(line: Line, task: Task): void {
  const link: Link = { task, next: undefined };
  if (line.first === undefined || line.last === undefined) line.first = link;
  else line.last.next = link;
  line.last = link;
}
