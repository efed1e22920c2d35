import { MAX_CHECKS, MAX_WAITING_EXCHANGES, OVERDUE_KEEP_MS } from "../../pending-store.js";
import { NOW } from "./clock.js";

/**
 * A login is a hash with the tag of the user's id.
 *
 *     s  state: o open, r right, w wrong, f finished, x expired, p superseded
 *     q  1 while it has an entry in the due index      u  until when it is kept without that entry, ms
 *     c  client      n  station      d  credential     k  keepMs of its opening
 *     e  expires at, ms                                x  context
 *     i  round       p  prompt of this round           o  outcome
 *     m  most tries  w  wrong answers                  v  answers under check
 *     b  id of the answer that ended it                z  logins it superseded, separated by spaces
 *     g  1 when it is held (its answer comes by another way), with the number of exchanges that wait in y
 *     h:<exchange id>  an exchange that waits for its end
 *     a:<answer id>  "c" and its round while under check, then "s" and its reply
 *     t:<answer id>  the exchanges that check it, separated by spaces
 *
 * With the same tag: the user's open logins (a sorted set: login id -> expires at) and her wrong answers (a counter that
 * lives for the window). Scripts reach the user's other logins through the prefix of their keys.
 */
const END = `
local function keepEnded(key, due, keep)
  redis.call("HSET", key, "u", now + keep)
  if due == "1" then keep = math.max(keep, ${OVERDUE_KEEP_MS}) end
  redis.call("PEXPIRE", key, keep)
end
`;

/** The exchanges that wait, behind `result`; and one more of them. */
const WAITING = `
local function addWaiting(result, key)
  local fields = redis.call("HGETALL", key)
  for at = 1, #fields, 2 do
    if string.sub(fields[at], 1, 2) == "h:" then table.insert(result, fields[at + 1]) end
  end
  return result
end
local function wait(key, id, bytes)
  if id == "" or redis.call("HEXISTS", key, "h:" .. id) == 1 then return true end
  if redis.call("HINCRBY", key, "y", 1) > ${MAX_WAITING_EXCHANGES} then
    redis.call("HINCRBY", key, "y", -1)
    return false
  end
  redis.call("HSET", key, "h:" .. id, bytes)
  return true
end
`;

/**
 * Opens. KEYS: login, open logins, failures. ARGV: login id, prefix of the user's logins, client, station, credential,
 * lifetime, keepMs, most tries, most open, most failures, prompt, context, id of a login that must not be joined, id of the
 * exchange that waits (empty: not held), its bytes, whether no station is the same as no station (1 or 0).
 * Returns { "opened", expires, prompt or nil when it is the given one, { superseded id, its context, exchange that waited, ... }, ... },
 * { "joined", expires, prompt, login id, context }, { "refused", reason } or { "ended", outcome }.
 */
export const openLogin = `${NOW}${END}${WAITING}
local known = redis.call("HMGET", KEYS[1], "s", "p", "e", "o", "z")
if known[1] and known[1] ~= "o" then return { "ended", known[4] } end
if known[1] then
  if not wait(KEYS[1], ARGV[14], ARGV[15]) then return { "refused", "too-many-open" } end
  local result = { "opened", tonumber(known[3]), known[2] }
  for id in string.gmatch(known[5], "%S+") do
    local context = redis.call("HGET", ARGV[2] .. id, "x")
    if context then table.insert(result, addWaiting({ id, context }, ARGV[2] .. id)) end
  end
  return result
end
if tonumber(redis.call("GET", KEYS[3]) or "0") >= tonumber(ARGV[10]) then return { "refused", "locked-out" } end
local held = ARGV[14] ~= "" and "1" or "0"
local beside, replaced, heldElsewhere = 0, {}, false
for _, id in ipairs(redis.call("ZRANGE", KEYS[2], 0, -1)) do
  local other = redis.call("HMGET", ARGV[2] .. id, "s", "e", "n", "c", "d", "p", "x", "g")
  if other[1] ~= "o" then
    redis.call("ZREM", KEYS[2], id)
  elseif tonumber(other[2]) > now then
    if other[3] ~= ARGV[4] or (ARGV[4] == "" and ARGV[16] == "0") then
      beside = beside + 1
      heldElsewhere = heldElsewhere or other[8] == "1"
    elseif other[4] == ARGV[3] and other[5] == ARGV[5] and other[8] == held and id ~= ARGV[13] then
      if not wait(ARGV[2] .. id, ARGV[14], ARGV[15]) then return { "refused", "too-many-open" } end
      return { "joined", tonumber(other[2]), other[6], id, other[7] }
    else
      table.insert(replaced, id)
    end
  end
end
if held == "1" and heldElsewhere then return { "refused", "held-elsewhere" } end
if beside >= tonumber(ARGV[9]) then return { "refused", "too-many-open" } end
local expires = now + tonumber(ARGV[6])
local result = { "opened", expires, false }
for _, id in ipairs(replaced) do
  local key = ARGV[2] .. id
  local other = redis.call("HMGET", key, "q", "k", "x")
  table.insert(result, addWaiting({ id, other[3] }, key))
  redis.call("HSET", key, "s", "p")
  keepEnded(key, other[1], tonumber(other[2]))
  redis.call("ZREM", KEYS[2], id)
end
redis.call("HSET", KEYS[1], "s", "o", "g", held, "q", "1", "u", expires + tonumber(ARGV[7]), "c", ARGV[3], "n", ARGV[4],
  "d", ARGV[5], "k", ARGV[7], "e", expires, "x", ARGV[12], "i", 1, "p", ARGV[11], "m", ARGV[8], "w", 0, "v", 0,
  "z", table.concat(replaced, " "))
local hold = tonumber(ARGV[6]) + ${OVERDUE_KEEP_MS}
wait(KEYS[1], ARGV[14], ARGV[15])
redis.call("PEXPIRE", KEYS[1], hold)
redis.call("ZADD", KEYS[2], expires, ARGV[1])
redis.call("PEXPIRE", KEYS[2], math.max(hold, redis.call("PTTL", KEYS[2])))
return result
`;

/**
 * Reserves a try. KEYS: login, open logins, failures. ARGV: answer id, round, most failures, login id, prefix of the user's logins,
 * exchange that checks it.
 * Returns { "check", tries left, context }, { "again", reply, outcome }, { "late" } or { "refused", reason }.
 */
export const reserveTry = `${NOW}
local field = "a:" .. ARGV[1]
local login = redis.call("HMGET", KEYS[1], "s", "e", "i", "m", "w", "v", "b", "o", field, "x")
local state, answer = login[1], login[9]
if not state then return { "late" } end
if answer and string.sub(answer, 1, 1) == "s" then
  return { "again", string.sub(answer, 2), login[7] == ARGV[1] and login[8] }
end
local failures, most = tonumber(redis.call("GET", KEYS[3]) or "0"), tonumber(ARGV[3])
if state == "r" then return { "refused", "bound" } end
if state == "w" then return { "refused", failures >= most and "locked-out" or "no-tries" } end
if state ~= "o" then return { "late" } end
local left = tonumber(login[4]) - tonumber(login[5]) - tonumber(login[6])
if answer then
  local checks, count = redis.call("HGET", KEYS[1], "t:" .. ARGV[1]) or "", 0
  for id in string.gmatch(checks, "%S+") do
    if id == ARGV[6] then return { "check", left, login[10] } end
    count = count + 1
  end
  if count >= ${MAX_CHECKS} then return { "refused", "no-tries" } end
  redis.call("HSET", KEYS[1], "t:" .. ARGV[1], checks .. " " .. ARGV[6])
  return { "check", left, login[10] }
end
if now >= tonumber(login[2]) then return { "late" } end
if failures >= most then return { "refused", "locked-out" } end
if tonumber(ARGV[2]) ~= tonumber(login[3]) then return { "refused", "round" } end
local used = failures + tonumber(login[6])
for _, id in ipairs(redis.call("ZRANGE", KEYS[2], 0, -1)) do
  if id ~= ARGV[4] then used = used + tonumber(redis.call("HGET", ARGV[5] .. id, "v") or "0") end
end
if left <= 0 or used >= most then return { "refused", "no-tries" } end
redis.call("HINCRBY", KEYS[1], "v", 1)
redis.call("HSET", KEYS[1], field, "c" .. ARGV[2], "t:" .. ARGV[1], ARGV[6])
return { "check", left - 1, login[10] }
`;

/**
 * Ends a check. KEYS: login, open logins, failures. ARGV: answer id, login id, keepMs, outcome, right (1 or 0), then of a
 * right one: reply; of a wrong one: prompt, reject, most failures, window ms.
 * Returns { "settled", reply, outcome } or { "late" }. A wrong one counts also when its login has ended meanwhile.
 */
export const settleAnswer = `${NOW}${END}
local field = "a:" .. ARGV[1]
local login = redis.call("HMGET", KEYS[1], "s", "q", "i", "m", "w", "b", "o", field)
local answer = login[8]
if not answer then return { "late" } end
if string.sub(answer, 1, 1) == "s" then
  return { "settled", string.sub(answer, 2), login[6] == ARGV[1] and login[7] }
end
local function countFailure()
  local failures = redis.call("INCR", KEYS[3])
  if failures == 1 then redis.call("PEXPIRE", KEYS[3], ARGV[9]) end
  return failures
end
if login[1] ~= "o" then
  if ARGV[5] == "0" then
    redis.call("HDEL", KEYS[1], field, "t:" .. ARGV[1])
    countFailure()
  end
  return { "late" }
end
redis.call("HINCRBY", KEYS[1], "v", -1)
redis.call("HDEL", KEYS[1], "t:" .. ARGV[1])
local function finish(state, reply)
  redis.call("HSET", KEYS[1], "s", state, "b", ARGV[1], "o", ARGV[4], field, "s" .. reply)
  redis.call("ZREM", KEYS[2], ARGV[2])
  keepEnded(KEYS[1], login[2], tonumber(ARGV[3]))
  return { "settled", reply, ARGV[4] }
end
if ARGV[5] == "1" then return finish("r", ARGV[6]) end
local failures = countFailure()
local wrong = redis.call("HINCRBY", KEYS[1], "w", 1)
if wrong >= tonumber(login[4]) or failures >= tonumber(ARGV[8]) then return finish("w", ARGV[7]) end
local round = tonumber(string.sub(answer, 2)) + 1
if round > tonumber(login[3]) then redis.call("HSET", KEYS[1], "i", round, "p", ARGV[6]) end
redis.call("HSET", KEYS[1], field, "s" .. ARGV[6])
return { "settled", ARGV[6], false }
`;

/** Gives up one exchange's check; the last one gives the try back. KEYS: login. ARGV: answer id, exchange. */
export const releaseTry = `
local field, checkedBy = "a:" .. ARGV[1], "t:" .. ARGV[1]
local login = redis.call("HMGET", KEYS[1], field, checkedBy)
local answer, checks = login[1], login[2] or ""
if not answer or string.sub(answer, 1, 1) ~= "c" then return 0 end
local others, known = {}, false
for id in string.gmatch(checks, "%S+") do
  if id == ARGV[2] then known = true else table.insert(others, id) end
end
if not known then return 0 end
if #others > 0 then
  redis.call("HSET", KEYS[1], checkedBy, table.concat(others, " "))
  return 0
end
redis.call("HDEL", KEYS[1], field, checkedBy)
redis.call("HINCRBY", KEYS[1], "v", -1)
return 1
`;

/**
 * Ends a login without a prompt by the word that came for it. KEYS: login, open logins. ARGV: login id, keepMs, outcome.
 * Returns { "finished", outcome, exchange that waited, ... } or { "late" }.
 */
export const finishLogin = `${NOW}${END}${WAITING}
local login = redis.call("HMGET", KEYS[1], "s", "e", "o", "q", "p")
if login[5] ~= "" then return { "late" } end
if login[1] == "o" and now < tonumber(login[2]) then
  local finished = addWaiting({ "finished", ARGV[3] }, KEYS[1])
  redis.call("HSET", KEYS[1], "s", "f", "o", ARGV[3])
  redis.call("ZREM", KEYS[2], ARGV[1])
  keepEnded(KEYS[1], login[4], tonumber(ARGV[2]))
  return finished
end
if login[1] ~= "f" then return { "late" } end
return addWaiting({ "finished", login[3] }, KEYS[1])
`;

/**
 * Ends a login whose answer was refused, unless one is under check. KEYS: login, open logins. ARGV: login id, keepMs, outcome.
 * Returns { "ended", outcome } or { "late" }.
 */
export const refuseLogin = `${NOW}${END}
local login = redis.call("HMGET", KEYS[1], "s", "v", "g", "o", "q")
if login[4] then return { "ended", login[4] } end
if login[1] ~= "o" or tonumber(login[2]) > 0 or login[3] == "1" then return { "late" } end
redis.call("HSET", KEYS[1], "s", "f", "o", ARGV[3])
redis.call("ZREM", KEYS[2], ARGV[1])
keepEnded(KEYS[1], login[5], tonumber(ARGV[2]))
return { "ended", ARGV[3] }
`;

/**
 * Ends a login whose time is over. KEYS: login, open logins. ARGV: login id, keepMs.
 * Returns { "unknown" }, { "superseded" | "expired", context, exchange that waited, ... },
 * { "ended", outcome, exchange that waited, ... } or { "running", expires }.
 */
export const expireLogin = `${NOW}${END}${WAITING}
local login = redis.call("HMGET", KEYS[1], "s", "e", "x", "o", "q")
local state = login[1]
if not state then return { "unknown" } end
if state == "p" then return addWaiting({ "superseded", login[3] }, KEYS[1]) end
if state == "x" then return addWaiting({ "expired", login[3] }, KEYS[1]) end
if state ~= "o" then return addWaiting({ "ended", login[4] }, KEYS[1]) end
if now < tonumber(login[2]) then return { "running", tonumber(login[2]) } end
local expired = addWaiting({ "expired", login[3] }, KEYS[1])
redis.call("HSET", KEYS[1], "s", "x")
redis.call("ZREM", KEYS[2], ARGV[1])
keepEnded(KEYS[1], login[5], tonumber(ARGV[2]))
return expired
`;
