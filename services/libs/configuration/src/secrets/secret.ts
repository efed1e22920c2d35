import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A value that must not reach a log, an error or a page by accident: it prints as `[redacted]` wherever JavaScript turns
 * values into text. Only `reveal()` gives the value; its calls are what a review of secrets has to look at.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
