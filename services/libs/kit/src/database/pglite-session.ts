import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { PgliteRequest, PgliteResponse } from "./pglite-messages.js";

type Rows = Extract<PgliteResponse, { readonly rows: unknown }>;

interface Asked {
  readonly resolve: (rows: Rows) => void;
  readonly reject: (error: Error) => void;
}

/** Beside this file, from source as built. */
const THREAD = new URL(`./pglite-thread${extname(import.meta.filename)}`, import.meta.url);

/**
 * PGlite in a thread of its own, so that a query holds up no packet. It has one session: statements run in the order in
 * which they are asked, without waiting for each other's answers.
 */
export class PgliteSession {
  readonly #thread: Worker;
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #closed: Promise<void> | undefined;

  private constructor(thread: Worker) {
    this.#thread = thread;
    thread.on("message", (response: PgliteResponse) => this.#take(response));
    // Nothing can be decided without the database: what ends its thread ends the process, as a crash in it did.
    thread.on("error", (error) => {
      throw error;
    });
  }

  /** Rejects when the folder holds no database of this version, or can't be written. */
  static async open(folder: string): Promise<PgliteSession> {
    const thread = new Worker(THREAD, { workerData: folder });
    await once(thread, "message"); // Rejects with what the thread's start failed with.
    return new PgliteSession(thread);
  }

  query(text: string, parameters: readonly unknown[]): Promise<Rows> {
    return this.#closed === undefined
      ? this.#ask((id) => ({ id, text, parameters }))
      : Promise.reject(new Error("PGlite is closed."));
  }

  /** Finishes what was asked before. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const ended = once(this.#thread, "exit");
    await this.#ask((id) => ({ id, close: true }));
    await ended;
  }

  #ask(requestOf: (id: number) => PgliteRequest): Promise<Rows> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#thread.postMessage(requestOf(id));
    });
  }

  #take(response: PgliteResponse): void {
    const asked = this.#asked.get(response.id);
    this.#asked.delete(response.id);
    if ("failure" in response) asked?.reject(Object.assign(new Error(response.failure), { code: response.code }));
    else asked?.resolve(response);
  }
}
