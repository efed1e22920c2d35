import { OVERDUE_KEEP_MS } from "../../pending-store.js";
import { NOW } from "./clock.js";

/** A shard that nothing is added to and nothing is taken from for so long holds no entry that still has a record. */
const SHARD_KEEP_MS = 24 * OVERDUE_KEEP_MS;

/** Adds an entry unless it is there. KEYS: shard (sorted set: entry -> when it is due). ARGV: entry, ms from now. */
export const addDue = `${NOW}
redis.call("ZADD", KEYS[1], "NX", now + tonumber(ARGV[2]), ARGV[1])
redis.call("PEXPIRE", KEYS[1], ${SHARD_KEEP_MS})
return 1
`;

/** Leases what is due: its time moves to the end of the lease. KEYS: shard. ARGV: most entries, lease ms. Returns the entries. */
export const takeDue = `${NOW}
local entries = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now, "LIMIT", 0, ARGV[1])
for _, entry in ipairs(entries) do
  redis.call("ZADD", KEYS[1], "XX", now + tonumber(ARGV[2]), entry)
end
if #entries > 0 then redis.call("PEXPIRE", KEYS[1], ${SHARD_KEEP_MS}) end
return entries
`;

/** Puts a wake-up into an inbox and wakes the gateway. KEYS: inbox (list). ARGV: wake-up, channel, ms to live, most wake-ups. */
export const wakeGateway = `
local count = redis.call("RPUSH", KEYS[1], ARGV[1])
if count > tonumber(ARGV[4]) then redis.call("LTRIM", KEYS[1], -tonumber(ARGV[4]), -1) end
redis.call("PEXPIRE", KEYS[1], ARGV[3])
redis.call("PUBLISH", ARGV[2], "")
return 1
`;
