import { type Database, query } from "@portcullis/kit";
import type { LearntServers } from "../radius-target/learnt-servers.js";

interface Row {
  readonly target: string;
  readonly server: string;
}

/** In PostgreSQL, so that what one process has learnt the next one knows from its start. */
export class PostgresLearntServers implements LearntServers {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async all(): Promise<readonly Row[]> {
    return query<Row>(this.#db, "select target, server from authn_primary.learnt_servers", []);
  }

  async add(target: string, server: string): Promise<void> {
    const text = "insert into authn_primary.learnt_servers (target, server) values ($1, $2) on conflict do nothing";
    await query(this.#db, text, [target, server]);
  }

  async remove(target: string, server: string): Promise<void> {
    await query(this.#db, "delete from authn_primary.learnt_servers where target = $1 and server = $2", [
      target,
      server,
    ]);
  }
}
