import { PGlite } from "@electric-sql/pglite";
import { CompiledQuery, type Dialect, Kysely, PGliteDialect, PostgresDialect } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import pg from "pg";

/** Tables of any service: each service types its own. */
export type Database<Tables = unknown> = Kysely<Tables>;
export type Migrations = Readonly<Record<string, Migration>>;

/** The one database of an installation: each service has a schema of its own in it and reads no other. */
export interface Databases {
  /** Brings the service's schema up to date and opens it. */
  open<Tables>(schema: string, migrations: Migrations): Promise<Database<Tables>>;
  /** Takes a lock that one process holds until it ends; resolves when it is ours. */
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
const MIGRATION_ATTEMPTS = 5;
const LOCK_POLL_MS = 1_000;

/** PostgreSQL by URL; one pool for the process, whose role may use its own schemas only. */
export function openPostgres(url: string, onError: (error: Error) => void): Databases {
  const pool = new pg.Pool({ connectionString: url, application_name: "portcullis", keepAlive: true, ...POOL });
  pool.on("error", onError);
  const root = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  const lockClients = new Set<pg.Client>();
  return {
    open: (schema, migrations) => openSchema(root, schema, migrations),
    holdLock: (name, signal) => holdAdvisoryLock(url, name, signal, lockClients),
    close: async () => {
      await Promise.all([...lockClients].map((client) => client.end().catch(() => undefined)));
      await root.destroy();
    },
  };
}

/** PostgreSQL in this process, in a data folder that the caller has locked. One connection: batches pay. */
export async function openPglite(folder: string): Promise<Databases> {
  const pglite = await PGlite.create(folder);
  const dialect: Dialect = new PGliteDialect({ pglite });
  const root = new Kysely<never>({ dialect });
  return {
    open: (schema, migrations) => openSchema(root, schema, migrations),
    holdLock: () => Promise.resolve(),
    close: () => root.destroy(),
  };
}

async function openSchema<Tables>(
  root: Kysely<never>,
  schema: string,
  migrations: Migrations,
): Promise<Database<Tables>> {
  const db = root.withSchema(schema);
  for (let attempt = 1; ; attempt++) {
    const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
    const migrator = new Migrator({ db, provider, migrationTableSchema: schema });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) break;
    // Two replicas that start at once meet while the migrator makes its own tables: the second finds them next time.
    if (attempt >= MIGRATION_ATTEMPTS) throw error;
    await pause(200 * attempt);
  }
  return db as unknown as Kysely<Tables>; // The caller's migrations make these tables; Kysely can't know.
}

/** A query written by hand, for the login path: no building, one text for all its calls. */
export async function query<Row>(db: Database<never>, text: string, parameters: readonly unknown[]): Promise<Row[]> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...parameters]));
  return rows;
}

async function holdAdvisoryLock(
  url: string,
  name: string,
  signal: AbortSignal,
  clients: Set<pg.Client>,
): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({
      connectionString: url,
      application_name: `portcullis lock ${name}`,
      keepAlive: true,
    });
    client.on("error", () => undefined); // The lock is gone with its connection; imports are short and checked by generation.
    try {
      await client.connect();
      const { rows } = await client.query("select pg_try_advisory_lock(hashtextextended($1, 0)) as held", [name]);
      if (rows[0]?.held === true) {
        clients.add(client);
        return;
      }
    } catch {
      // The database is away: asked again below.
    }
    await client.end().catch(() => undefined);
    await pause(LOCK_POLL_MS);
  }
  throw new Error(`Stopped while waiting for the lock ${name}.`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
