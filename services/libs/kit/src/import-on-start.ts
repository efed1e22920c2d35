import type { Databases } from "./database/database.js";
import type { Readiness } from "./readiness.js";
import type { Log } from "./telemetry/log.js";
import { isUnavailable } from "./unavailable.js";

/** How often an importer looks whether its source has changed. */
const LOOK_EVERY_MS = 3_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 10_000;
/** How long leaving waits for the step that is under way. */
const LEAVE_LIMIT_MS = 10_000;

/** What an import changed: names, or how many, by what they are. For people; never a secret. */
export type ImportChanges = Readonly<Record<string, number | readonly string[]>>;

/** How an import ended. */
export type ImportOutcome =
  | { readonly outcome: "imported"; readonly changes: ImportChanges }
  /** There was nothing to change. */
  | { readonly outcome: "unchanged" }
  /** The source is wrong and nothing was changed. `errors` are for people, a line each. */
  | { readonly outcome: "refused"; readonly errors: string };

/** What one importer of this process says when it is told to import again. */
export type ImportReport = { readonly service: string; readonly what: string } & (
  | ImportOutcome
  /** Another process of the service has the lock and imports. */
  | { readonly outcome: "elsewhere" }
  /** A fault of ours, or this process leaves; the log says which. What was imported before stays in force. */
  | { readonly outcome: "failed" }
);

export interface ImportParts {
  /** The service; names the lock, so that one process of it imports. */
  readonly service: string;
  /** What is imported; names the part of readiness. */
  readonly what: string;
  /** Imports everything, once more from the start when it is called again. Rejects with `Unavailable` for "not now". */
  readonly run: (signal: AbortSignal) => Promise<ImportOutcome>;
  /** Whether the source is another one than `run` last read. Without it, only who asks for it gets another import. */
  readonly changed?: () => Promise<boolean>;
  readonly databases: Pick<Databases, "holdLock">;
  readonly readiness: Readiness;
  readonly log: Log;
}

/**
 * Imports in the background once the application has started, and again whenever the source has changed, in one process
 * of the service at a time: whoever has the lock keeps it until it ends. That process is not ready before it is done for the
 * first time; later imports replace what is in force while it serves. The others wait for the lock and are ready.
 * As a provider, Nest calls it at the start and at the end.
 */
export class ImportOnStart {
  readonly #parts: ImportParts;
  readonly #leaving = new AbortController();
  #holdsLock = false;
  #unready = false;
  /** Who asked for an import that has not begun, all of them for the same one. */
  #asked: PromiseWithResolvers<ImportReport> | undefined;
  #wake = new AbortController();
  #finished: Promise<void> = Promise.resolve();

  constructor(parts: ImportParts) {
    this.#parts = parts;
    parts.readiness.add(`${parts.what} imported`, () => !this.#unready);
  }

  onApplicationBootstrap(): void {
    this.#finished = this.#work(this.#leaving.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.#leaving.abort();
    const limit = new AbortController();
    await Promise.race([this.#finished, pause(LEAVE_LIMIT_MS, limit.signal)]);
    limit.abort();
  }

  /** Imports now, or after the import that is under way, and says what came of it. */
  again(): Promise<ImportReport> {
    if (this.#leaving.signal.aborted) return Promise.resolve(this.#report("failed"));
    if (!this.#holdsLock) return Promise.resolve(this.#report("elsewhere"));
    this.#asked ??= Promise.withResolvers<ImportReport>();
    this.#wake.abort();
    return this.#asked.promise;
  }

  /** Never rejects. */
  async #work(signal: AbortSignal): Promise<void> {
    const { service, what, databases, log } = this.#parts;
    try {
      await databases.holdLock(`${service} import`, signal);
    } catch (error) {
      if (!signal.aborted) log.error("import.failed", { what, error });
      return;
    }
    this.#holdsLock = true;
    this.#unready = true;
    await this.#importOnce(signal);
    this.#unready = false;
    while (!signal.aborted) {
      await this.#pauseUntilAsked(signal);
      const asked = this.#asked;
      this.#asked = undefined;
      if (asked !== undefined) asked.resolve(await this.#importOnce(signal));
      else if (!signal.aborted && (await this.#hasChanged())) await this.#importOnce(signal);
    }
    this.#asked?.resolve(this.#report("failed"));
  }

  async #pauseUntilAsked(signal: AbortSignal): Promise<void> {
    if (this.#asked !== undefined) return;
    this.#wake = new AbortController();
    await pause(LOOK_EVERY_MS, AbortSignal.any([signal, this.#wake.signal]));
  }

  async #hasChanged(): Promise<boolean> {
    const { what, changed, log } = this.#parts;
    try {
      return (await changed?.()) ?? false;
    } catch (error) {
      log.error("import.failed", { what, error });
      return false;
    }
  }

  async #importOnce(signal: AbortSignal): Promise<ImportReport> {
    const { service, what, log } = this.#parts;
    try {
      const outcome = await this.#runUntilDone(signal);
      return outcome === undefined ? this.#report("failed") : { service, what, ...outcome };
    } catch (error) {
      // What was imported before stays in force: this process is as good as without the new file.
      if (!signal.aborted) log.error("import.failed", { what, error });
      return this.#report("failed");
    }
  }

  async #runUntilDone(signal: AbortSignal): Promise<ImportOutcome | undefined> {
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
    return undefined;
  }

  #report(outcome: "elsewhere" | "failed"): ImportReport {
    const { service, what } = this.#parts;
    return { service, what, outcome };
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
