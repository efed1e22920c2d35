/** Servers that were seen to send a Message-Authenticator: with `auto` they need one from then on, restarts or not. */
export interface LearntServers {
  all(): Promise<readonly { readonly target: string; readonly server: string }[]>;
  add(target: string, server: string): Promise<void>;
  /** The configuration says `yes` or `no`: `auto` begins anew when it comes back. */
  remove(target: string, server: string): Promise<void>;
}

/** What is learnt, in memory, and kept. What could not be kept is learnt again by whoever starts next. */
export class LearntServerMemory {
  readonly #store: LearntServers;
  readonly #known: Set<string>;
  readonly #onError: (error: unknown) => void;

  private constructor(store: LearntServers, known: Set<string>, onError: (error: unknown) => void) {
    this.#store = store;
    this.#known = known;
    this.#onError = onError;
  }

  static async load(store: LearntServers, onError: (error: unknown) => void): Promise<LearntServerMemory> {
    const known = (await store.all()).map(({ target, server }) => nameOf(target, server));
    return new LearntServerMemory(store, new Set(known), onError);
  }

  has(target: string, server: string): boolean {
    return this.#known.has(nameOf(target, server));
  }

  learn(target: string, server: string): void {
    this.#known.add(nameOf(target, server));
    this.#store.add(target, server).catch(this.#onError);
  }

  forget(target: string, server: string): void {
    if (this.#known.delete(nameOf(target, server))) this.#store.remove(target, server).catch(this.#onError);
  }
}

const nameOf = (target: string, server: string): string => `${target} ${server}`;
