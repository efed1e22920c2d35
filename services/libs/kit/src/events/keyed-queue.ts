type Task = () => Promise<void>;

/**
 * Runs tasks of one key one after the other and tasks of different keys at once, up to a limit; what comes beyond waits
 * in order. A task must not reject: it deals with its own trouble.
 */
export class KeyedQueue {
  readonly #limit: number;
  readonly #behind = new Map<string, Task[]>();
  readonly #ready: { key: string; task: Task }[] = [];
  #readyHead = 0;
  #running = 0;
  #held = 0;
  #onRoom: (() => void)[] = [];

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
    const behind = this.#behind.get(key);
    if (behind) {
      behind.push(task);
      return;
    }
    this.#behind.set(key, []);
    this.#ready.push({ key, task });
    this.#start();
  }

  /** Resolves when fewer than `size` tasks are held. */
  async room(size: number): Promise<void> {
    while (this.#held >= size) await new Promise<void>((resolve) => this.#onRoom.push(resolve));
  }

  #start(): void {
    while (this.#running < this.#limit && this.#readyHead < this.#ready.length) {
      const next = this.#ready[this.#readyHead++];
      if (next) void this.#runOne(next.key, next.task);
    }
    if (this.#readyHead > 1_024 || this.#readyHead === this.#ready.length) {
      this.#ready.splice(0, this.#readyHead);
      this.#readyHead = 0;
    }
  }

  async #runOne(key: string, task: Task): Promise<void> {
    this.#running++;
    try {
      await task();
    } finally {
      this.#running--;
      this.#held--;
      const behind = this.#behind.get(key);
      const next = behind?.shift();
      if (next) this.#ready.push({ key, task: next });
      else this.#behind.delete(key);
      const waiters = this.#onRoom;
      this.#onRoom = [];
      for (const wake of waiters) wake();
      this.#start();
    }
  }
}
