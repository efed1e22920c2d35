import { Probe } from "../probe.js";
import type { Readiness } from "../readiness.js";
import { type Database, query } from "./database.js";

/** Makes the process unready while a service's database is away. As a provider, Nest starts and ends it. */
export class DatabaseProbe {
  readonly #probe: Probe;

  /** @param part names it among the parts of readiness */
  constructor(part: string, db: Database<never>, readiness: Readiness) {
    this.#probe = new Probe(part, () => query(db, "select 1", []), readiness);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#probe.start();
  }

  onModuleDestroy(): void {
    this.#probe.stop();
  }
}
