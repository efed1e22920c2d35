import { OVERDUE_KEEP_MS } from "../../pending-store.js";
import { NOW } from "./clock.js";

/** A shard that nobody looks into for so long holds no entry that still has a record. */
const SHARD_KEEP_MS = 24 * OVERDUE_KEEP_MS;

/** Leases what is due: its time moves to the end of the lease. KEYS: shard (sorted set: entry -> when it is due). ARGV: most entries, lease ms. Returns the entries. */
export const takeDue = `${NOW}
local entries = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now, "LIMIT", 0, ARGV[1])
for _, entry in ipairs(entries) do
  redis.call("ZADD", KEYS[1], "XX", now + tonumber(ARGV[2]), entry)
end
redis.call("PEXPIRE", KEYS[1], ${SHARD_KEEP_MS})
return entries
`;

/** Puts wake-ups into an inbox. KEYS: inbox (list). ARGV: ms to live, most wake-ups, wake-ups. */
export const wakeGateway = `
local most = tonumber(ARGV[2])
local count = redis.call("RPUSH", KEYS[1], unpack(ARGV, 3))
if count > most then redis.call("LTRIM", KEYS[1], -most, -1) end
redis.call("PEXPIRE", KEYS[1], ARGV[1])
return 1
`;
