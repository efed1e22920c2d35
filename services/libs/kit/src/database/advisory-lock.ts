import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const ASK_AGAIN_AFTER_MS = 1_000;
const CONNECT_LIMIT_MS = 2_000;
const QUERY_LIMIT_MS = 5_000;

/**
 * Locks of PostgreSQL that go with a connection: the server gives one up when its holder ends, however it ends. When the
 * connection breaks the lock is gone with it, and is taken again as soon as that can be had.
 */
export class AdvisoryLocks {
  readonly #url: string;
  readonly #onError: (error: Error) => void;
  readonly #held = new Set<pg.Client>();
  readonly #closing = new AbortController();

  constructor(url: string, onError: (error: Error) => void) {
    this.#url = url;
    this.#onError = onError;
  }

  /** Resolves when the lock is ours. It is given up when `signal` is aborted; before that, the wait ends with an error. */
  async hold(name: string, signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    while (!ended.aborted) {
      const client = await this.#take(name);
      if (client !== undefined) {
        this.#keep(client, name, ended);
        return;
      }
      await sleep(ASK_AGAIN_AFTER_MS, undefined, { signal: ended }).catch(() => undefined);
    }
    throw new Error(`Stopped while waiting for the lock ${name}.`);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#held].map((client) => client.end().catch(() => undefined)));
  }

  async #take(name: string): Promise<pg.Client | undefined> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: `portcullis lock ${name}`,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      query_timeout: QUERY_LIMIT_MS,
    });
    client.on("error", this.#onError);
    try {
      await client.connect();
      const { rows } = await client.query("select pg_try_advisory_lock(hashtextextended($1, 0)) as held", [name]);
      if (rows[0]?.held === true) return client;
    } catch (error) {
      this.#onError(error as Error); // The database is away: asked again.
    }
    await client.end().catch(() => undefined);
    return undefined;
  }

  #keep(client: pg.Client, name: string, ended: AbortSignal): void {
    const leave = (): void => void client.end().catch(() => undefined);
    this.#held.add(client);
    client.once("end", () => {
      this.#held.delete(client);
      ended.removeEventListener("abort", leave);
      if (!ended.aborted) this.hold(name, ended).catch(() => undefined); // Rejects only when it is not wanted any more.
    });
    if (ended.aborted) leave();
    else ended.addEventListener("abort", leave, { once: true });
  }
}
