import type { LoggerService } from "@nestjs/common";
import type { Log } from "./log.js";

/** Nest's own messages, as events of our log. */
export class NestLogger implements LoggerService {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  log(message: unknown, context?: unknown): void {
    this.#log.debug("nest", { message: String(message), part: String(context) });
  }

  warn(message: unknown, context?: unknown): void {
    this.#log.warn("nest", { message: String(message), part: String(context) });
  }

  error(message: unknown, stack?: unknown): void {
    this.#log.error("nest", { message: String(message), stack: typeof stack === "string" ? stack : undefined });
  }
}
