import { SLOT_MEMORY } from "../../exchange-store.js";
import { NOW } from "./clock.js";

/**
 * Slots and share of a client have the client's tag, so that taking a slot and counting the exchange is one step.
 * A slot is a string "id key id key ... ": the exchange that has it with its user key, then those that lost it, newest
 * first. The share is a sorted set: exchange id -> until when it counts.
 */

/**
 * Takes a slot for an exchange. KEYS: slot, share. ARGV: exchange id, user key, most exchanges, hold ms (time limit and keepMs).
 * Returns { "lost" }, { "refused" }, or { "held" | "taken", now, counted (1 or 0), previous id, previous key } where
 * `counted` says, of a held one, whether it is in the share, and of a taken one, whether it was added just now.
 */
export const takeSlot = `${NOW}
local id, hold = ARGV[1], tonumber(ARGV[4])
local slot = redis.call("GET", KEYS[1]) or ""
local currentId, currentKey, rest = string.match(slot, "^(%S+) (%S+) (.*)$")
local keep = math.max(hold, redis.call("PTTL", KEYS[1]))
if currentId == id then
  redis.call("PEXPIRE", KEYS[1], keep)
  local isCounted = tonumber(redis.call("ZSCORE", KEYS[2], id) or "0") > now
  local previousId, previousKey = string.match(rest, "^(%S+) (%S+) ")
  return { "held", now, isCounted and 1 or 0, previousId or "", previousKey or "" }
end
if rest and string.find(" " .. rest, " " .. id .. " ", 1, true) then return { "lost" } end
redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", now)
if redis.call("ZCARD", KEYS[2]) >= tonumber(ARGV[3]) and not redis.call("ZSCORE", KEYS[2], id) then
  return { "refused" }
end
local added = redis.call("ZADD", KEYS[2], "NX", now + hold, id)
redis.call("PEXPIRE", KEYS[2], math.max(hold, redis.call("PTTL", KEYS[2])))
local entries, count = { id .. " " .. ARGV[2] .. " " }, 1
for entry in string.gmatch(slot, "%S+ %S+ ") do
  if count > ${SLOT_MEMORY} then break end
  count = count + 1
  entries[count] = entry
end
redis.call("SET", KEYS[1], table.concat(entries), "PX", math.max(keep, 1))
return { "taken", now, added, currentId or "", currentKey or "" }
`;

/**
 * Counts an exchange whose record and place are gone and that holds its slot still. KEYS: share. ARGV: id, most, hold ms.
 * Returns 1, or 0 when there is no room.
 */
export const countExchange = `${NOW}
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call("PEXPIRE", KEYS[1], math.max(tonumber(ARGV[3]), redis.call("PTTL", KEYS[1])))
return 1
`;

/**
 * Exchanges have their replies: each counts, and its slot remembers it and those before, for the duplicate window only.
 * KEYS: share, then the slot of each. ARGV: exchange id and keep until of each.
 */
export const endExchanges = `
for at = 2, #KEYS do
  local id, untilMs = ARGV[at * 2 - 3], ARGV[at * 2 - 2]
  redis.call("ZADD", KEYS[1], "XX", "LT", untilMs, id)
  local slot = redis.call("GET", KEYS[at]) or ""
  if string.sub(slot, 1, #id + 1) == id .. " " then redis.call("PEXPIREAT", KEYS[at], untilMs) end
end
return 1
`;

/**
 * Gives a slot back to whom it was taken from, by an exchange that had lost it so long ago that the slot had forgotten.
 * KEYS: slot. ARGV: exchange id.
 */
export const returnSlot = `
local slot = redis.call("GET", KEYS[1]) or ""
local first, second, rest = string.match(slot, "^(%S+ %S+ )(%S+ %S+ )(.*)$")
if not first or string.sub(first, 1, #ARGV[1] + 1) ~= ARGV[1] .. " " then return 0 end
redis.call("SET", KEYS[1], second .. first .. rest, "KEEPTTL")
return 1
`;
