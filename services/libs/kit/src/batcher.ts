import { Unavailable } from "./unavailable.js";

export interface BatcherOptions {
  /** The most items in one batch. */
  readonly maxItems: number;
  /** The most batches under way at once. */
  readonly maxInFlight: number;
  /** The most items that wait; one more is refused with `Unavailable`. */
  readonly maxWaiting: number;
  /**
   * What goes together: what arrives in one turn of the event loop (the default), or what one of its callbacks leads to,
   * which waits for nothing else.
   */
  readonly gather?: "turn" | "tick";
}

interface Waiting<Item, Value> {
  readonly item: Item;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns single calls into batches without a timer: what arrives in one turn of the event loop goes together, what arrives
 * while a batch is under way is the next one. Alone, a call waits for nobody; under load, batches grow by themselves.
 */
export class Batcher<Item, Value> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Value[]>;
  readonly #options: BatcherOptions;
  #waiting: Waiting<Item, Value>[] = [];
  #inFlight = 0;
  #armed = false;

  /** @param run gives one value for each item, in their order; when it fails, every item of the batch fails */
  constructor(run: (items: readonly Item[]) => Promise<readonly Value[]>, options: BatcherOptions) {
    this.#run = run;
    this.#options = options;
  }

  add(item: Item): Promise<Value> {
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(new Unavailable(`More than ${this.#options.maxWaiting} calls wait for one batch.`));
    }
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#armed || this.#inFlight >= this.#options.maxInFlight || this.#waiting.length === 0) return;
    this.#armed = true;
    const send = (): void => {
      this.#armed = false;
      void this.#send();
    };
    if (this.#options.gather === "tick") process.nextTick(send);
    else setImmediate(send);
  }

  #next(): Waiting<Item, Value>[] {
    if (this.#waiting.length > this.#options.maxItems) return this.#waiting.splice(0, this.#options.maxItems);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  async #send(): Promise<void> {
    const batch = this.#next();
    this.#inFlight++;
    this.#arm();
    try {
      const values = await this.#run(batch.map((waiting) => waiting.item));
      batch.forEach((waiting, index) => {
        if (index < values.length) waiting.resolve(values[index] as Value);
        else waiting.reject(new Error("A batch gave fewer values than it got items."));
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.#inFlight--;
      this.#arm();
    }
  }
}
