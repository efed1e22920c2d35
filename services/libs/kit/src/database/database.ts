import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery, Kysely, PostgresDialect } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import pg from "pg";
import { isUnavailable } from "../unavailable.js";
import { AdvisoryLocks } from "./advisory-lock.js";
import { PgliteThreadDialect } from "./pglite-dialect.js";
import { PgliteSession } from "./pglite-session.js";

/** Tables of any service: each service types its own. */
export type Database<Tables = unknown> = Kysely<Tables>;
export type Migrations = Readonly<Record<string, Migration>>;

/** The one database of an installation: each service has a schema of its own in it and reads no other. */
export interface Databases {
  /** Brings the service's schema up to date and opens it. Waits for a database that is away, up to a minute. */
  open<Tables>(schema: string, migrations: Migrations): Promise<Database<Tables>>;
  /**
   * Takes a lock that one process holds until it ends or `signal` is aborted; resolves when it is ours. It spares work
   * done twice, it proves nothing: when the database restarts, another process may get it before we notice.
   */
  holdLock(name: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const POOL = {
  max: 8,
  connectionTimeoutMillis: 2_000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 5_000,
  query_timeout: 6_000,
};
/** Changing tables may take longer than any query, and replicas that start at once wait for each other. */
const MIGRATING = { max: 1, connectionTimeoutMillis: 2_000, statement_timeout: 120_000, query_timeout: 125_000 };
const OPEN_LIMIT_MS = 60_000;
const OPEN_AGAIN_AFTER_MS = 500;
/** Replicas that start at once meet while the migrator makes its own tables; the loser finds them the next time. */
const MEETINGS_LIMIT = 5;

/** PostgreSQL by URL; one pool for the process, whose role may use its own schemas only. */
export function openPostgres(url: string, onError: (error: Error) => void): Databases {
  const settings = { connectionString: url, application_name: "portcullis", keepAlive: true };
  const poolOf = (limits: pg.PoolConfig): pg.Pool => {
    const pool = new pg.Pool({ ...settings, ...limits }).on("error", onError);
    // The pool listens to idle connections only. One that breaks during a query rejects the query, and must not end the
    // process besides.
    return pool.on("connect", (client) => client.on("error", () => undefined));
  };
  const root = new Kysely<never>({ dialect: new PostgresDialect({ pool: poolOf(POOL) }) });
  const locks = new AdvisoryLocks(url, onError);
  return {
    open: async <Tables>(schema: string, migrations: Migrations) => {
      const migrating = new Kysely<never>({ dialect: new PostgresDialect({ pool: poolOf(MIGRATING) }) });
      try {
        await migrateWhenThere(migrating, schema, migrations, onError);
      } finally {
        await migrating.destroy();
      }
      return typed<Tables>(root, schema);
    },
    holdLock: (name, signal) => locks.hold(name, signal),
    close: async () => {
      await locks.close();
      await root.destroy();
    },
  };
}

/** PostgreSQL in a thread of this process, in a data folder that the caller has locked. One session: batches pay. */
export async function openPglite(folder: string): Promise<Databases> {
  const session = await PgliteSession.open(folder);
  const root = new Kysely<never>({ dialect: new PgliteThreadDialect(session) });
  return {
    open: async <Tables>(schema: string, migrations: Migrations) => {
      await migrate(root, schema, migrations);
      return typed<Tables>(root, schema);
    },
    // Whoever has the data folder is alone.
    holdLock: () => Promise.resolve(),
    close: () => root.destroy(),
  };
}

/** A query written by hand, for the login path: no building, one text for all its calls. Tables with their schema. */
export async function query<Row>(db: Database<never>, text: string, parameters: readonly unknown[]): Promise<Row[]> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...parameters]));
  return rows;
}

function typed<Tables>(root: Kysely<never>, schema: string): Kysely<Tables> {
  return root.withSchema(schema) as unknown as Kysely<Tables>; // The caller's migrations make these tables; Kysely can't know.
}

async function migrateWhenThere(
  db: Kysely<never>,
  schema: string,
  migrations: Migrations,
  onError: (error: Error) => void,
): Promise<void> {
  const endMs = performance.now() + OPEN_LIMIT_MS;
  for (let meetings = 1; ; ) {
    try {
      return await migrate(db, schema, migrations);
    } catch (error) {
      if (performance.now() >= endMs || (!isUnavailable(error) && meetings++ >= MEETINGS_LIMIT)) throw error;
      onError(error as Error);
    }
    await sleep(OPEN_AGAIN_AFTER_MS);
  }
}

async function migrate(root: Kysely<never>, schema: string, migrations: Migrations): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  const migrator = new Migrator({ db: root.withSchema(schema), provider, migrationTableSchema: schema });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
