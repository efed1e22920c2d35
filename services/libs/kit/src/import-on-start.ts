import type { Databases } from "./database/database.js";
import type { Readiness } from "./readiness.js";
import type { Log } from "./telemetry/log.js";
import { isUnavailable } from "./unavailable.js";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 10_000;
/** How long leaving waits for the step that is under way. */
const LEAVE_LIMIT_MS = 10_000;

export interface ImportParts {
  /** The service; names the lock, so that one process of it imports. */
  readonly service: string;
  /** What is imported; names the part of readiness. */
  readonly what: string;
  /** Imports everything, once more from the start when it is called again. Rejects with `Unavailable` for "not now". */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly databases: Pick<Databases, "holdLock">;
  readonly readiness: Readiness;
  readonly log: Log;
}

/**
 * Imports in the background once the application has started, in one process of the service at a time: whoever has the
 * lock keeps it until it ends. That process is not ready before it is done; the others wait for the lock and are.
 * As a provider, Nest calls it at the start and at the end.
 */
export class ImportOnStart {
  readonly #parts: ImportParts;
  readonly #leaving = new AbortController();
  #importing = false;
  #finished: Promise<void> = Promise.resolve();

  constructor(parts: ImportParts) {
    this.#parts = parts;
    parts.readiness.add(`${parts.what} imported`, () => !this.#importing);
  }

  onApplicationBootstrap(): void {
    this.#finished = this.#import(this.#leaving.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.#leaving.abort();
    const limit = new AbortController();
    await Promise.race([this.#finished, pause(LEAVE_LIMIT_MS, limit.signal)]);
    limit.abort();
  }

  /** Never rejects. */
  async #import(signal: AbortSignal): Promise<void> {
    const { service, what, databases, log } = this.#parts;
    try {
      await databases.holdLock(`${service} import`, signal);
      this.#importing = true;
      await this.#runUntilDone(signal);
    } catch (error) {
      // What was imported before stays in force: this process is as good as without the new file.
      if (!signal.aborted) log.error("import.failed", { what, error });
    } finally {
      this.#importing = false;
    }
  }

  async #runUntilDone(signal: AbortSignal): Promise<void> {
    const { what, run, log } = this.#parts;
    for (let backoffMs = FIRST_BACKOFF_MS; !signal.aborted; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      try {
        return await run(signal);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        log.warn("import.waits_for_store", { what, error });
      }
      await pause(backoffMs, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
