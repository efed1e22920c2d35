import type { Log } from "@portcullis/kit";
import type { AuditTrail } from "./ports.js";

const EVERY_MS = 60_000;

/** Writes the chain's end into the log once a minute when it moved: whoever keeps logs can tell a rewritten chain. */
export class ExportHead {
  readonly #trail: AuditTrail;
  readonly #log: Log;
  #last = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(trail: AuditTrail, log: Log) {
    this.#trail = trail;
    this.#log = log;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.execute(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.execute();
  }

  async execute(): Promise<void> {
    try {
      const { sequence, mac } = await this.#trail.head();
      if (sequence !== this.#last) this.#log.info("audit.head", { sequence, mac });
      this.#last = sequence;
    } catch (error) {
      this.#log.debug("audit.head_not_read", { error }); // Tried again in a minute.
    }
  }
}
