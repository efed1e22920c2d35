import { type Database, Probe, query, type Readiness } from "@portcullis/kit";

/** Makes the process unready while its database is away: no code can be checked then. Nest starts and ends it. */
export class DatabaseProbe {
  readonly #probe: Probe;

  constructor(db: Database<never>, readiness: Readiness) {
    this.#probe = new Probe("challenge-orchestrator database", () => query(db, "select 1", []), readiness);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#probe.start();
  }

  onModuleDestroy(): void {
    this.#probe.stop();
  }
}
