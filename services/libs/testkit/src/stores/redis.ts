import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { LOOPBACK, type Server, type ServerOptions, startServer } from "./server.js";

export interface RedisOptions extends ServerOptions {
  /**
   * When an acknowledged write is on disk: `always` before the reply, `everysec` within a second or two, `none` without
   * any persistence. `everysec` when absent; `always` where kills are tested.
   */
  readonly appendfsync?: "always" | "everysec" | "none";
}

export interface RedisServer extends Server {
  /** Loses everything: kills it, empties its data folder and starts it again, usable. */
  wipe(): Promise<void>;
}

/** Databases are the cheapest separation of test files; an unused one costs a few hundred bytes. */
export const REDIS_DATABASES = 4096;
const PROBE_TIMEOUT_MS = 1_000;

/** Starts Debian's `redis-server`. Usable: it answers PING, having loaded its data. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = await startServer({
    name: "redis",
    options,
    prepare: async () => undefined,
    command: (dir, port) => ({
      command: "redis-server",
      args: redisArguments(dir, port, options.appendfsync ?? "everysec"),
      readyWhen: (pid) => answersAs(pid, port),
      readyTimeoutMs: 15_000,
    }),
    url: (port) => `redis://${LOOPBACK}:${port}`,
  });
  return Object.assign(server, { wipe: () => wipe(server) });
}

function redisArguments(dir: string, port: number, appendfsync: "always" | "everysec" | "none"): string[] {
  const durability =
    appendfsync === "none" ? ["--appendonly", "no"] : ["--appendonly", "yes", "--appendfsync", appendfsync];
  const options = ["--bind", LOOPBACK, "--port", String(port), "--dir", dir, "--save", ""];
  const limits = ["--databases", String(REDIS_DATABASES), "--maxmemory-policy", "noeviction"];
  return [...options, ...limits, ...durability];
}

/** PING fails while data is being loaded; the process id tells it from another server on this port. */
async function answersAs(pid: number, port: number): Promise<boolean> {
  const client = new Redis({
    host: LOOPBACK,
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: PROBE_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // Without a listener ioredis prints the error; the failed connect below carries it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const [pong, information] = await Promise.all([client.ping(), client.info("server")]);
    return pong === "PONG" && information.includes(`\r\nprocess_id:${pid}\r\n`);
  } finally {
    client.disconnect();
  }
}

async function wipe(server: Server): Promise<void> {
  if (server.process.running) await server.kill();
  for (const entry of await readdir(server.dir)) await rm(join(server.dir, entry), { recursive: true });
  await server.restart();
}
