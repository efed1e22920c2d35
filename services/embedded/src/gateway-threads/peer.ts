import { isUnavailable, Unavailable } from "@portcullis/kit";

/** Calls without an answer that one side may have; a further one fails as one to a store that is away does. */
const MAX_CALLS = 50_000;

/** What one side offers the other, by name. Arguments and results are what structured cloning takes. */
export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** One end of the way between two threads: a `Worker`, a `parentPort` or a `MessagePort`. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: "message", listener: (messages: readonly Message[]) => void): unknown;
}

type Message =
  | { readonly name: string; readonly args: readonly unknown[]; readonly id?: number }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure; readonly message: string };

type Failure = "unavailable" | "range" | "bug";

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Calls between two threads, both ways. What is said in one turn of the event loop travels as one message: a message costs
 * more than all the rest of a call.
 */
export class Peer {
  readonly #port: Port;
  readonly #handlers: Handlers;
  readonly #asked = new Map<number, Asked>();
  #outgoing: Message[] = [];
  #lastId = 0;
  #closed = false;

  constructor(port: Port, handlers: Handlers) {
    this.#port = port;
    this.#handlers = handlers;
    port.on("message", (messages) => {
      for (const message of messages) this.#take(message);
    });
  }

  /** Rejects with `Unavailable` when the other side is gone or too much is asked of it, and when its handler did. */
  call(name: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Unavailable("The other thread is gone."));
    if (this.#asked.size >= MAX_CALLS) return Promise.reject(new Unavailable(`More than ${MAX_CALLS} calls wait.`));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#send({ name, args, id });
    });
  }

  /** Says something that has no answer. */
  tell(name: string, ...args: readonly unknown[]): void {
    if (!this.#closed) this.#send({ name, args });
  }

  /** Sends what is left; whatever still waits for an answer gets none. */
  close(): void {
    this.#flush();
    this.#closed = true;
    for (const { reject } of this.#asked.values()) reject(new Unavailable("The other thread is gone."));
    this.#asked.clear();
  }

  #take(message: Message): void {
    if ("name" in message) {
      void this.#answer(message);
      return;
    }
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if ("result" in message) asked?.resolve(message.result);
    else asked?.reject(errorOf(message));
  }

  async #answer({ name, args, id }: Extract<Message, { readonly name: string }>): Promise<void> {
    if (id === undefined) {
      this.#handle(name, args);
      return;
    }
    try {
      const result = await this.#handle(name, args);
      this.#send({ id, result });
    } catch (error) {
      const failure = isUnavailable(error) ? "unavailable" : error instanceof RangeError ? "range" : "bug";
      this.#send({ id, failure, message: error instanceof Error ? error.message : String(error) });
    }
  }

  #handle(name: string, args: readonly unknown[]): unknown {
    const handler = this.#handlers[name];
    if (handler === undefined) throw new Error(`Nobody here answers to ${name}.`);
    return handler(...(args as never[]));
  }

  #send(message: Message): void {
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(message);
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#closed) return;
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    this.#port.postMessage(outgoing.map(withOwnBytes));
  }
}

function errorOf({ failure, message }: { readonly failure: Failure; readonly message: string }): Error {
  switch (failure) {
    case "unavailable":
      return new Unavailable(message);
    case "range":
      return new RangeError(message);
    case "bug":
      return new Error(message);
  }
}

/** A view is cloned with all of the memory that it is a part of, which may hold anything: each gets memory of its own. */
function withOwnBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
  }
  if (Array.isArray(value)) return value.map(withOwnBytes);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withOwnBytes(part)]));
}
