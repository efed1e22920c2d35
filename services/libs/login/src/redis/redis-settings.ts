import type { RedisClient } from "./redis-client.js";

/**
 * Looks whether Redis would throw out pending logins when its memory is full. A managed Redis may forbid the question;
 * then the operator's documentation has to do.
 */
export async function warnOfEviction(
  client: RedisClient,
  onWarning: ((message: string) => void) | undefined,
): Promise<void> {
  if (onWarning === undefined) return;
  const setting = await client.command((redis) => redis.config("GET", "maxmemory-policy")).catch(() => undefined);
  const policy = Array.isArray(setting) ? String(setting[1]) : undefined;
  if (policy === undefined || policy === "noeviction") return;
  onWarning(
    `redis has maxmemory-policy ${policy}: it must be noeviction, or logins under way are lost when memory is full`,
  );
}
