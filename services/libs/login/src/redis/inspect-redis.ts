import { RedisClient } from "./redis-client.js";

export interface RedisState {
  /** As 7.0.15. */
  readonly version: string;
  /** Absent when this Redis does not tell. */
  readonly maxmemoryPolicy?: string;
  readonly appendOnly?: boolean;
  /** How far Redis' clock is ahead of this machine's. */
  readonly clockAheadMs: number;
}

const CONNECT_LIMIT_MS = 2_000;

/** Looks at a Redis by the rights that the store has anyway (INFO, TIME). Rejects with `StoreUnavailable`. */
export async function inspectRedis(url: string): Promise<RedisState> {
  const refused = Promise.withResolvers<never>();
  // Looked at only while the connection is made: afterwards the commands themselves reject.
  refused.promise.catch(() => undefined);
  const client = new RedisClient(url, refused.reject);
  try {
    await Promise.race([client.firstConnection(CONNECT_LIMIT_MS), refused.promise]);
    const information = fieldsOf(await client.within(client.command((redis) => redis.info())));
    const askedAtMs = Date.now();
    const timeMs = await client.within(client.timeMs());
    const policy = information.get("maxmemory_policy");
    const appendOnly = information.get("aof_enabled");
    return {
      version: information.get("redis_version") ?? "0",
      ...(policy === undefined ? {} : { maxmemoryPolicy: policy }),
      ...(appendOnly === undefined ? {} : { appendOnly: appendOnly === "1" }),
      clockAheadMs: Math.round(timeMs - (askedAtMs + Date.now()) / 2),
    };
  } finally {
    client.close();
  }
}

/** The lines `name:value` of INFO. */
function fieldsOf(information: string): ReadonlyMap<string, string> {
  const lines = information.split("\r\n").filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}
