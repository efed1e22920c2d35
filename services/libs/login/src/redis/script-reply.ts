import { StoreUnavailable } from "../pending-store.js";

/** What a script returned: an array of numbers, byte strings and nulls, read by place. */
export class ScriptReply {
  readonly #values: readonly unknown[];

  constructor(value: unknown) {
    if (!Array.isArray(value)) throw new StoreUnavailable("redis answered a script with something unexpected");
    this.#values = value;
  }

  get length(): number {
    return this.#values.length;
  }

  /** The first value: what happened. */
  get kind(): string {
    return this.text(0);
  }

  text(place: number): string {
    return this.#bytes(place)?.toString() ?? unexpected(place);
  }

  number(place: number): number {
    const value = this.#values[place];
    return typeof value === "number" ? value : unexpected(place);
  }

  bytes(place: number): Uint8Array {
    return this.optionalBytes(place) ?? unexpected(place);
  }

  /** A copy: what Redis' client gives is a slice of a whole chunk from the network, which must not be kept alive by it. */
  optionalBytes(place: number): Uint8Array | undefined {
    const bytes = this.#bytes(place);
    return bytes && new Uint8Array(bytes);
  }

  /** The byte strings from a place on. */
  rest(place: number): readonly Uint8Array[] {
    return this.#values.slice(place).map((_, at) => this.bytes(place + at));
  }

  /** An array within. */
  list(place: number): ScriptReply {
    return new ScriptReply(this.#values[place]);
  }

  #bytes(place: number): Buffer | undefined {
    const value = this.#values[place];
    return Buffer.isBuffer(value) ? value : undefined;
  }
}

function unexpected(place: number): never {
  throw new StoreUnavailable(`redis answered a script without value ${place}`);
}
