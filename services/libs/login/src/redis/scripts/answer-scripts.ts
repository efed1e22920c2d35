import { MAX_CHECKS } from "../../login-store.js";
import { NOW } from "./clock.js";
import { END, REACH, WAITING } from "./login-record.js";
import { REMEMBER } from "./remembered-scripts.js";

/**
 * Reserves a try. KEYS: login, open logins, failures. ARGV: answer id, round, most failures, login id, prefix of the user's logins,
 * exchange that checks it.
 * Returns { "check", tries left, context, challenge }, { "again", reply, outcome, exchange that waited, ... }, { "late" } or
 * { "refused", reason }.
 */
export const reserveTry = `${NOW}${WAITING}
local field = "a:" .. ARGV[1]
local login = redis.call("HMGET", KEYS[1], "s", "e", "i", "m", "w", "v", "b", "o", field, "x", "l")
local state, answer = login[1], login[9]
if not state then return { "late" } end
if answer and string.sub(answer, 1, 1) == "s" then
  local outcome = login[7] == ARGV[1] and login[8]
  local again = { "again", string.sub(answer, 2), outcome }
  return outcome and addWaiting(again, KEYS[1]) or again
end
local failures, most = tonumber(redis.call("GET", KEYS[3]) or "0"), tonumber(ARGV[3])
if state == "r" then return { "refused", "bound" } end
if state == "w" then return { "refused", failures >= most and "locked-out" or "no-tries" } end
if state ~= "o" then return { "late" } end
local left = tonumber(login[4]) - tonumber(login[5]) - tonumber(login[6])
if answer then
  local checks, count = redis.call("HGET", KEYS[1], "t:" .. ARGV[1]) or "", 0
  for id in string.gmatch(checks, "%S+") do
    if id == ARGV[6] then return { "check", left, login[10], login[11] } end
    count = count + 1
  end
  if count >= ${MAX_CHECKS} then return { "refused", "no-tries" } end
  redis.call("HSET", KEYS[1], "t:" .. ARGV[1], checks .. " " .. ARGV[6])
  return { "check", left, login[10], login[11] }
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
return { "check", left - 1, login[10], login[11] }
`;

/**
 * Ends a check that was right or wrong. KEYS: login, open logins, failures, what is remembered. ARGV: answer id, login id, keepMs,
 * outcome, right (1 or 0), then of a right one: reply, entries to remember; of a wrong one: prompt, reject, most failures, window ms, challenge or "" for the one that it has, 1 when the round stays.
 * Returns { "settled", reply, outcome, exchange that waited, ... } or { "late" }. A wrong one counts also when its login has ended
 * meanwhile.
 */
export const settleAnswer = `${NOW}${END}${WAITING}${REMEMBER}
local field = "a:" .. ARGV[1]
local login = redis.call("HMGET", KEYS[1], "s", "q", "i", "m", "w", "b", "o", field)
local answer = login[8]
if not answer then return { "late" } end
if string.sub(answer, 1, 1) == "s" then
  local outcome = login[6] == ARGV[1] and login[7]
  local settled = { "settled", string.sub(answer, 2), outcome }
  return outcome and addWaiting(settled, KEYS[1]) or settled
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
  return addWaiting({ "settled", reply, ARGV[4] }, KEYS[1])
end
if ARGV[5] == "1" then
  remember(KEYS[4], ARGV[2], 7)
  return finish("r", ARGV[6])
end
local failures = countFailure()
local wrong = redis.call("HINCRBY", KEYS[1], "w", 1)
if wrong >= tonumber(login[4]) or failures >= tonumber(ARGV[8]) then return finish("w", ARGV[7]) end
local round = tonumber(string.sub(answer, 2)) + 1
if ARGV[11] == "1" then
  if round > tonumber(login[3]) then redis.call("HSET", KEYS[1], "l", ARGV[10]) end
  redis.call("HSET", KEYS[1], field, "s")
  return { "settled", "", false }
end
if round > tonumber(login[3]) then
  redis.call("HSET", KEYS[1], "i", round, "p", ARGV[6])
  if ARGV[10] ~= "" then redis.call("HSET", KEYS[1], "l", ARGV[10]) end
end
redis.call("HSET", KEYS[1], field, "s" .. ARGV[6])
return { "settled", ARGV[6], false }
`;

/**
 * Ends a check with the wish to go on in another way; the try is given back. KEYS: login, open logins, failures, prompts, denied
 * stations. ARGV: answer id, login id, prefix of the user's logins, prompt, challenge, most prompts that reach a phone (empty: it
 * reaches none), their window, until when (empty: as before), exchange, its bytes.
 * Returns { "settled", prompt, false }, { "refused", reason } or { "late" }.
 */
export const switchMethod = `${NOW}${WAITING}${REACH}
local field = "a:" .. ARGV[1]
local login = redis.call("HMGET", KEYS[1], "s", "e", "i", "n", field)
local answer = login[5]
if not answer then return { "late" } end
if string.sub(answer, 1, 1) == "s" then return { "settled", string.sub(answer, 2), false } end
if login[1] ~= "o" then return { "late" } end
redis.call("HINCRBY", KEYS[1], "v", -1)
redis.call("HDEL", KEYS[1], "t:" .. ARGV[1], field)
local round = tonumber(string.sub(answer, 2)) + 1
if round <= tonumber(login[3]) then return { "refused", "round" } end
local reason = reach(ARGV[3], login[4], ARGV[6], ARGV[7], function(id) return id ~= ARGV[2] end)
if reason then return { "refused", reason } end
local expires = tonumber(login[2])
if ARGV[8] ~= "" then expires = math.min(expires, tonumber(ARGV[8])) end
redis.call("HSET", KEYS[1], "i", round, "p", ARGV[4], "l", ARGV[5], "e", expires, "g", ARGV[6] ~= "" and "1" or "0",
  field, "s" .. ARGV[4])
redis.call("ZADD", KEYS[2], "XX", expires, ARGV[2])
if ARGV[4] == "" then wait(KEYS[1], ARGV[9], ARGV[10]) end
return { "settled", ARGV[4], false }
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
