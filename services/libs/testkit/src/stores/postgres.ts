import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { eventually } from "../eventually.js";
import { childrenOf, isAlive } from "../process/process-tree.js";
import { startProcess } from "../process/started-process.js";
import { postgresPrograms } from "./postgres-programs.js";
import { LOOPBACK, type Server, type ServerOptions, startServer } from "./server.js";

export interface PostgresOptions extends ServerOptions {
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer extends Server {
  /** The URL of one of its databases. */
  databaseUrl(name: string): string;
  /** Creates an empty database and returns its URL. */
  createDatabase(name: string): Promise<string>;
}

export const POSTGRES_USER = "postgres";
/** Two replicas of each service with a pool each, and test files beside each other. */
const MAX_CONNECTIONS = 300;
const PROBE_TIMEOUT_MS = 2_000;
const INITDB_TIMEOUT_MS = 60_000;
/** A busy backend notices the postmaster's death only when it next waits. */
const ORPHANS_TIMEOUT_MS = 5_000;

/** Starts a PostgreSQL server: TCP on loopback only, no password, fsync on. Usable: it answers `select 1`. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = postgresPrograms();
  const user = serverUser();
  const settings = { ...defaultSettings(), ...options.settings };
  const server = await startServer({
    name: "postgres",
    options,
    prepare: (dir) => initialise(dir, programs, user),
    command: (dir, port) => ({
      command: join(programs, "postgres"),
      args: [
        "-D",
        dir,
        "-p",
        String(port),
        ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
      ],
      ...(user === undefined ? {} : { user }),
      // SIGINT is PostgreSQL's "fast" shutdown: SIGTERM would wait for every client to leave.
      stopSignal: "SIGINT",
      readyWhen: () => answersFrom(dir, urlOf(port, "postgres")),
      readyTimeoutMs: 30_000,
    }),
    url: (port) => urlOf(port, "postgres"),
    afterKill,
  });
  const databaseUrl = (name: string) => urlOf(server.port, name);
  const createDatabase = async (name: string) => {
    await query(server.url, `create database "${name.replaceAll('"', '""')}"`);
    return databaseUrl(name);
  };
  return Object.assign(server, { databaseUrl, createDatabase });
}

/** The server refuses to run as root; the Debian package brings a user of its own. */
function serverUser(): string | undefined {
  return process.getuid?.() === 0 ? "postgres" : undefined;
}

function defaultSettings(): Record<string, string> {
  return {
    listen_addresses: LOOPBACK,
    // A socket's path is limited to 107 bytes, which a data folder's may exceed.
    unix_socket_directories: "",
    max_connections: String(MAX_CONNECTIONS),
    fsync: "on",
    timezone: "UTC",
    log_timezone: "UTC",
  };
}

async function initialise(dir: string, programs: string, user: string | undefined): Promise<void> {
  if (user !== undefined) execFileSync("chown", ["-R", `${user}:`, dir]);
  if (existsSync(join(dir, "PG_VERSION"))) return;
  const initdb = await startProcess({
    command: join(programs, "initdb"),
    // What is being set up may be lost in a power cut: it is set up anew. The running server does sync.
    args: [
      "-D",
      dir,
      "-A",
      "trust",
      "-U",
      POSTGRES_USER,
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
      "--no-sync",
      "--no-instructions",
    ],
    cwd: dir,
    ...(user === undefined ? {} : { user }),
  });
  await eventually(() => !initdb.running, { what: "initdb ends", timeoutMs: INITDB_TIMEOUT_MS });
  const exit = await initdb.exit;
  if (exit.code !== 0) throw new Error(`initdb failed in ${dir}:\n${initdb.output().join("\n")}`);
}

/** The server does not start again while a backend of the killed one is attached to its shared memory. */
async function afterKill(postmaster: number): Promise<void> {
  const backends = childrenOf(postmaster);
  try {
    await eventually(() => !backends.some(isAlive), { what: "backends leave", timeoutMs: ORPHANS_TIMEOUT_MS });
  } catch {
    for (const pid of backends.filter(isAlive)) process.kill(pid, "SIGKILL");
    await eventually(() => !backends.some(isAlive), { what: "killed backends end", timeoutMs: ORPHANS_TIMEOUT_MS });
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://${POSTGRES_USER}@${LOOPBACK}:${port}/${encodeURIComponent(database)}`;
}

/** The data folder tells it from another server on this port. */
async function answersFrom(dir: string, url: string): Promise<boolean> {
  const [row] = await query(url, "select current_setting('data_directory') as dir");
  return row?.["dir"] === dir;
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  // A connection that breaks later than its query must not end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const result = await client.query<Record<string, unknown>>(sql);
    return result.rows;
  } finally {
    await client.end();
  }
}
