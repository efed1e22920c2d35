import pg from "pg";

export interface PostgresState {
  /** As 15, of 15.4. */
  readonly major: number;
  readonly encoding: string;
  readonly role: string;
  readonly superuser: boolean;
  /** A standby, or a server that was set so. */
  readonly readOnly: boolean;
  readonly mayCreateSchemas: boolean;
  /** Schemas that belong to the role itself. */
  readonly ownSchemas: readonly string[];
}

const CONNECT_LIMIT_MS = 3_000;
const QUERY_LIMIT_MS = 3_000;

const STATE = `
  select current_setting('server_version_num')::int / 10000 as "major",
         current_setting('server_encoding') as "encoding",
         current_user::text as "role",
         (select rolsuper from pg_roles where rolname = current_user) as "superuser",
         pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as "readOnly",
         has_database_privilege(current_database(), 'CREATE') as "mayCreateSchemas",
         array(select nspname::text from pg_namespace
                where nspowner = (select oid from pg_roles where rolname = current_user)
                  and nspname <> 'public' and nspname not like 'pg\\_%' and nspname <> 'information_schema'
                order by nspname) as "ownSchemas"`;

/** Looks at a database with the role of the URL; changes nothing. Rejects with the driver's error. */
export async function inspectPostgres(url: string): Promise<PostgresState> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "portcullis doctor",
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
  });
  // A connection that breaks later than its query must not end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<PostgresState>(STATE);
    const [state] = rows;
    if (state === undefined) throw new Error("bug: a select without a table gives one row");
    return state;
  } finally {
    await client.end();
  }
}
