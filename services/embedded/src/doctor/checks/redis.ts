import { inspectRedis, type RedisState } from "@portcullis/login";
import type { Check, Finding } from "../check.js";
import { placeOfUrl, unreachable } from "../unreachable.js";

const DEFAULT_PORT = 6_379;
const LEAST_MAJOR = 7;
const REFUSED = /\b(WRONGPASS|NOAUTH|NOPERM)\b/;

/** The store of pending logins in the distributed mode. */
export const redisCheck: Check = {
  name: "Redis",
  run: async ({ settings }) => {
    const url = settings.PORTCULLIS_REDIS_URL;
    if (url === undefined) return [];
    const place = placeOfUrl(url, DEFAULT_PORT);
    try {
      return redisFindings(await inspectRedis(url), place);
    } catch (error) {
      return [refusal(error, place) ?? unreachable("Redis", place, error)];
    }
  },
};

function refusal(error: unknown, place: string): Finding | undefined {
  const word = error instanceof Error ? REFUSED.exec(error.message)?.[1] : undefined;
  if (word === undefined) return undefined;
  const todo = "Compare user and password in PORTCULLIS_REDIS_URL with ACL LIST; the user needs +info and +time, too.";
  return { level: "error", what: `Redis at ${place} refuses this user (${word}).`, todo };
}

export function redisFindings({ version, maxmemoryPolicy, appendOnly }: RedisState, place: string): Finding[] {
  const found: Finding[] = [];
  if (Number.parseInt(version, 10) < LEAST_MAJOR) {
    found.push({
      level: "error",
      what: `Redis ${version} at ${place} is too old.`,
      todo: "Take Redis 7 or newer, or Valkey.",
    });
  }
  if (maxmemoryPolicy !== undefined && maxmemoryPolicy !== "noeviction") {
    found.push({
      level: "error",
      what: `Redis has maxmemory-policy ${maxmemoryPolicy}.`,
      why: "When its memory is full it throws out logins under way, and what keeps a code from being used twice.",
      todo: "redis-cli CONFIG SET maxmemory-policy noeviction; the same line in redis.conf.",
    });
  }
  if (appendOnly === false) {
    found.push({
      level: "warning",
      what: "Redis has appendonly off.",
      why: "When it restarts it has forgotten the logins under way and the lock-outs.",
      todo: "redis-cli CONFIG SET appendonly yes; the same line in redis.conf.",
    });
  }
  if (found.length > 0) return found;
  return [{ level: "ok", what: `Redis ${version} at ${place} answers, and keeps what it is given.` }];
}
