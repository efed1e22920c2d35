import { Unavailable } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { InboxStore } from "./ports.js";

/** Calls that wait at one replica; one more is told to come again. */
const MAX_WAITING = 50_000;

/** One call that waits for a change of a user's inbox. Made before the inbox is read, so that no change falls in between. */
export class Watch {
  #changed = false;
  #end: (() => void) | undefined;

  /** Resolves when something has changed since it was made, when the time is over or when `signal` says so. Called once. */
  async wait(limitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#changed || signal.aborted || limitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, limitMs);
      signal.addEventListener("abort", end);
      this.#end = end;
    });
  }

  change(): void {
    this.#changed = true;
    this.#end?.();
  }
}

/**
 * Who waits for changes of which user's inbox, at this replica. A call that waits costs an entry here and one timer; it asks
 * the store nothing.
 */
export class Changes {
  readonly #watches = new Map<UserId, Set<Watch>>();
  #count = 0;

  constructor(store: InboxStore) {
    store.listen((userId) => this.#changed(userId));
  }

  /** How many wait. */
  get count(): number {
    return this.#count;
  }

  /** Runs `use` with a watch on a user's inbox. Fails with `Unavailable` when too many wait already. */
  async watching<Value>(userId: UserId, use: (watch: Watch) => Promise<Value>): Promise<Value> {
    if (this.#count >= MAX_WAITING) throw new Unavailable(`More than ${MAX_WAITING} calls wait for an inbox.`);
    const watch = new Watch();
    const watches = this.#watches.get(userId) ?? new Set<Watch>();
    this.#watches.set(userId, watches);
    watches.add(watch);
    this.#count++;
    try {
      return await use(watch);
    } finally {
      this.#count--;
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(userId);
    }
  }

  /** Without a user, changes may have been missed: everybody looks again. */
  #changed(userId: UserId | undefined): void {
    const changed = userId === undefined ? [...this.#watches.values()] : [this.#watches.get(userId) ?? []];
    for (const watches of changed) for (const watch of watches) watch.change();
  }
}
