import { OVERDUE_KEEP_MS } from "../../pending-store.js";
import { NOW } from "./clock.js";
import { END, REACH, WAITING } from "./login-record.js";

/**
 * Opens. KEYS: login, open logins, failures, prompts, denied stations. ARGV: login id, prefix of the user's logins, client, station,
 * credential, lifetime, keepMs, most tries, most open, most failures, prompt, context, id of a login that must not be joined, id
 * of the exchange (empty: it never waits), whether no station is the same as no station (1 or 0), challenge, most prompts that
 * reach a phone (empty: it reaches none), their window.
 * Returns { "opened", expires, prompt or nil when it is the given one, challenge likewise, { superseded id, its context, its
 * challenge, exchange that waited, ... }, ... }, { "joined", expires, prompt, login id, context, challenge }, { "refused", reason } or { "ended", outcome }.
 */
export const openLogin = `${NOW}${END}${WAITING}${REACH}
local function waitUnlessPrompted(key, prompt)
  return prompt ~= "" or wait(key, ARGV[14], ARGV[12])
end
local known = redis.call("HMGET", KEYS[1], "s", "p", "e", "o", "z", "l")
if known[1] and known[1] ~= "o" then return { "ended", known[4] } end
if known[1] then
  if not waitUnlessPrompted(KEYS[1], known[2]) then return { "refused", "too-many-open" } end
  local result = { "opened", tonumber(known[3]), known[2], known[6] }
  for id in string.gmatch(known[5], "%S+") do
    local other = redis.call("HMGET", ARGV[2] .. id, "x", "l")
    if other[1] then table.insert(result, addWaiting({ id, other[1], other[2] }, ARGV[2] .. id)) end
  end
  return result
end
if tonumber(redis.call("GET", KEYS[3]) or "0") >= tonumber(ARGV[10]) then return { "refused", "locked-out" } end
local function elsewhere(station)
  return station ~= ARGV[4] or (ARGV[4] == "" and ARGV[15] == "0")
end
local beside, replaced = 0, {}
for _, id in ipairs(redis.call("ZRANGE", KEYS[2], 0, -1)) do
  local other = redis.call("HMGET", ARGV[2] .. id, "s", "e", "n", "c", "d", "p", "x", "l")
  if other[1] ~= "o" then
    redis.call("ZREM", KEYS[2], id)
  elseif tonumber(other[2]) > now then
    if elsewhere(other[3]) then
      beside = beside + 1
    elseif other[4] == ARGV[3] and other[5] == ARGV[5] and id ~= ARGV[13] then
      if not waitUnlessPrompted(ARGV[2] .. id, other[6]) then return { "refused", "too-many-open" } end
      return { "joined", tonumber(other[2]), other[6], id, other[7], other[8] }
    else
      table.insert(replaced, id)
    end
  end
end
if beside >= tonumber(ARGV[9]) then return { "refused", "too-many-open" } end
local reason = reach(ARGV[2], ARGV[4], ARGV[17], ARGV[18], function(_, station) return elsewhere(station) end)
if reason then return { "refused", reason } end
local expires = now + tonumber(ARGV[6])
local result = { "opened", expires, false, false }
for _, id in ipairs(replaced) do
  local key = ARGV[2] .. id
  local other = redis.call("HMGET", key, "q", "k", "x", "l")
  table.insert(result, addWaiting({ id, other[3], other[4] }, key))
  redis.call("HSET", key, "s", "p")
  keepEnded(key, other[1], tonumber(other[2]))
  redis.call("ZREM", KEYS[2], id)
end
redis.call("HSET", KEYS[1], "s", "o", "g", ARGV[17] ~= "" and "1" or "0", "q", "1", "u", expires + tonumber(ARGV[7]), "c", ARGV[3],
  "n", ARGV[4], "d", ARGV[5], "k", ARGV[7], "e", expires, "x", ARGV[12], "i", 1, "p", ARGV[11], "l", ARGV[16], "m", ARGV[8],
  "w", 0, "v", 0, "z", table.concat(replaced, " "))
local hold = tonumber(ARGV[6]) + ${OVERDUE_KEEP_MS}
waitUnlessPrompted(KEYS[1], ARGV[11])
redis.call("PEXPIRE", KEYS[1], hold)
redis.call("ZADD", KEYS[2], expires, ARGV[1])
redis.call("PEXPIRE", KEYS[2], math.max(hold, redis.call("PTTL", KEYS[2])))
return result
`;

/**
 * Lets a login go on in another way. KEYS: login, open logins, failures, prompts, denied stations. ARGV: login id, prefix of the user's
 * logins, round that it leaves, prompt, challenge, most prompts that reach a phone (empty: it reaches none), their window, until when
 * (empty: as before).
 * Returns { "advanced", expires, prompt, challenge, exchange that waited, ... }, { "refused", reason } or { "late" }.
 */
export const advanceLogin = `${NOW}${WAITING}${REACH}
local login = redis.call("HMGET", KEYS[1], "s", "e", "i", "j", "p", "l", "n")
if login[1] ~= "o" or now >= tonumber(login[2]) then return { "late" } end
local round = tonumber(ARGV[3])
if tonumber(login[3]) == round + 1 and tonumber(login[4] or "0") == round then
  return addWaiting({ "advanced", tonumber(login[2]), login[5], login[6] }, KEYS[1])
end
if tonumber(login[3]) ~= round then return { "late" } end
local reason = reach(ARGV[2], login[7], ARGV[6], ARGV[7], function(id) return id ~= ARGV[1] end)
if reason then return { "refused", reason } end
local expires = tonumber(login[2])
if ARGV[8] ~= "" then expires = tonumber(ARGV[8]) end
redis.call("HSET", KEYS[1], "i", round + 1, "j", round, "p", ARGV[4], "l", ARGV[5], "e", expires, "g", ARGV[6] ~= "" and "1" or "0")
redis.call("ZADD", KEYS[2], "XX", expires, ARGV[1])
return addWaiting({ "advanced", expires, ARGV[4], ARGV[5] }, KEYS[1])
`;

/** Changes how a login is asked. KEYS: login. ARGV: round, challenge. Returns { "noted", exchange that waits, ... } or { "late" }. */
export const noteLogin = `${NOW}${WAITING}
local login = redis.call("HMGET", KEYS[1], "s", "e", "i")
if login[1] ~= "o" or now >= tonumber(login[2]) or login[3] ~= ARGV[1] then return { "late" } end
redis.call("HSET", KEYS[1], "l", ARGV[2])
return addWaiting({ "noted" }, KEYS[1])
`;

/**
 * Lets an exchange wait. KEYS: login, open logins. ARGV: login id, round, exchange, its bytes, until when.
 * Returns { "waiting", challenge }, { "ended", outcome } or { "late" }.
 */
export const waitForEnd = `${NOW}${WAITING}
local login = redis.call("HMGET", KEYS[1], "s", "e", "i", "l", "o")
if login[5] then return { "ended", login[5] } end
if login[1] ~= "o" or now >= tonumber(login[2]) or login[3] ~= ARGV[2] then return { "late" } end
if not wait(KEYS[1], ARGV[3], ARGV[4]) then return { "late" } end
local expires = math.min(tonumber(login[2]), tonumber(ARGV[5]))
redis.call("HSET", KEYS[1], "e", expires)
redis.call("ZADD", KEYS[2], "XX", expires, ARGV[1])
return { "waiting", login[4] }
`;
