import { NOW } from "./clock.js";

/**
 * Remembers a held login until its time is over. KEYS: shard (sorted set: login id -> expires at), whose the login is.
 * ARGV: login id, user id, expires at.
 */
export const addHeld = `${NOW}
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
local left = tonumber(ARGV[3]) - now
if left <= 0 then return 0 end
redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])
redis.call("PEXPIRE", KEYS[1], math.max(left, redis.call("PTTL", KEYS[1])))
redis.call("SET", KEYS[2], ARGV[2], "PX", left)
return 1
`;

/** KEYS: shard, whose the login is. ARGV: login id. */
export const removeHeld = `
redis.call("ZREM", KEYS[1], ARGV[1])
return redis.call("DEL", KEYS[2])
`;

/** Those whose time is over first. KEYS: shard. ARGV: most. Returns login ids. */
export const listHeld = `${NOW}
return redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. now, "+inf", "LIMIT", 0, ARGV[1])
`;
