import { MAX_GATEWAYS } from "../../exchange-store.js";
import { OVERDUE_KEEP_MS } from "../../pending-store.js";
import { NOW } from "./clock.js";

/**
 * An exchange is a hash with the tag of its user key.
 *
 *     s  state: w waiting, d decided, a abandoned      q  1 while it has an entry in the due index
 *     t  claimed at, ms                                u  until when it is kept without that entry, ms
 *     k  keepMs of its claim                           c  client
 *     l  slot                                          g  waiting gateways, separated by spaces
 *     x  context                                       r  reply
 *     o  outcome
 */

/**
 * Claims or joins. KEYS: record. ARGV: create (1 or 0), gateway, client, time limit, keepMs, has a due entry (1 or 0), context, slot.
 * Returns { "none" }, { "new", claimed }, { "joined", claimed, slot, age, context }, { "decided", claimed, slot, reply } or
 * { "abandoned", claimed, slot }; the slot is the one that it was claimed with first.
 */
export const claimExchange = `${NOW}
local found = redis.call("HMGET", KEYS[1], "s", "t", "g", "r", "l", "x")
local state, claimed, slot = found[1], tonumber(found[2]), found[5]
if not state then
  if ARGV[1] == "0" then return { "none" } end
  local hold = tonumber(ARGV[4]) + tonumber(ARGV[5])
  redis.call("HSET", KEYS[1], "s", "w", "t", now, "k", ARGV[5], "q", ARGV[6], "u", now + hold,
    "c", ARGV[3], "g", ARGV[2], "x", ARGV[7], "l", ARGV[8])
  if ARGV[6] == "1" then hold = hold + ${OVERDUE_KEEP_MS} end
  redis.call("PEXPIRE", KEYS[1], hold)
  return { "new", now }
end
if state == "a" then return { "abandoned", claimed, slot } end
if state == "d" then return { "decided", claimed, slot, found[4] } end
local gateways, count, known = {}, 0, false
for gateway in string.gmatch(found[3], "%S+") do
  count = count + 1
  gateways[count] = gateway
  if gateway == ARGV[2] then known = true end
end
if not known then
  if count == ${MAX_GATEWAYS} then table.remove(gateways, 1) end
  table.insert(gateways, ARGV[2])
  redis.call("HSET", KEYS[1], "g", table.concat(gateways, " "))
end
return { "joined", claimed, slot, now - claimed, found[6] }
`;

/** Marks an exchange that lost its slot; a decided one stays. KEYS: record. Returns keep until, or 0 when nothing was marked. */
export const abandonExchange = `${NOW}
local found = redis.call("HMGET", KEYS[1], "s", "k", "q")
if found[1] ~= "w" then return 0 end
local keep = tonumber(found[2])
local untilMs = now + keep
redis.call("HSET", KEYS[1], "s", "a", "u", untilMs)
if found[3] == "1" then keep = math.max(keep, ${OVERDUE_KEEP_MS}) end
redis.call("PEXPIRE", KEYS[1], keep)
return untilMs
`;

/**
 * Stores a reply. KEYS: record. ARGV: keepMs, reply, outcome (absent when there is none).
 * Returns { "unknown" }, { "abandoned" }, { "first", gateways, client, slot, keep until } or { "again", gateways, reply, outcome }.
 */
export const decideExchange = `${NOW}
local found = redis.call("HMGET", KEYS[1], "s", "q", "c", "g", "r", "o", "l")
if not found[1] then return { "unknown" } end
if found[1] == "a" then return { "abandoned" } end
if found[1] == "d" then return { "again", found[4], found[5], found[6] } end
local keep = tonumber(ARGV[1])
local untilMs = now + keep
redis.call("HSET", KEYS[1], "s", "d", "r", ARGV[2], "u", untilMs)
if ARGV[3] then
  redis.call("HSET", KEYS[1], "o", ARGV[3])
  if found[2] == "1" then keep = math.max(keep, ${OVERDUE_KEEP_MS}) end
end
redis.call("PEXPIRE", KEYS[1], keep)
return { "first", found[4], found[3], found[7], untilMs }
`;

/** The due entry of a record (exchange or login) is gone: it is kept no longer than it would be without. KEYS: record. */
export const publishedRecord = `
local found = redis.call("HMGET", KEYS[1], "q", "u")
if found[1] ~= "1" then return 0 end
redis.call("HSET", KEYS[1], "q", "0")
redis.call("PEXPIREAT", KEYS[1], found[2])
return 1
`;
