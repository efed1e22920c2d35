import { NOW } from "./clock.js";
import { END, WAITING } from "./login-record.js";
import { REMEMBER } from "./remembered-scripts.js";

/**
 * Ends a login by a word that came for it. KEYS: login, open logins, failures, prompts, denied stations, what is remembered. ARGV: login id,
 * keepMs, outcome, ms for which its station is denied (0: it is not), entries to remember.
 * Returns { "finished", outcome, exchange that waited, ... } or { "late" }.
 */
export const finishLogin = `${NOW}${END}${WAITING}${REMEMBER}
local login = redis.call("HMGET", KEYS[1], "s", "e", "o", "q", "n")
if login[1] == "o" and now < tonumber(login[2]) then
  local finished = addWaiting({ "finished", ARGV[3] }, KEYS[1])
  redis.call("HSET", KEYS[1], "s", "f", "o", ARGV[3])
  redis.call("ZREM", KEYS[2], ARGV[1])
  keepEnded(KEYS[1], login[4], tonumber(ARGV[2]))
  local coolDown = tonumber(ARGV[4])
  if coolDown > 0 then
    redis.call("ZREMRANGEBYSCORE", KEYS[5], "-inf", now)
    redis.call("ZADD", KEYS[5], now + coolDown, login[5])
    redis.call("PEXPIRE", KEYS[5], math.max(coolDown, redis.call("PTTL", KEYS[5])))
    redis.call("DEL", KEYS[6])
  end
  remember(KEYS[6], ARGV[1], 5)
  return finished
end
if login[1] ~= "f" then return { "late" } end
return addWaiting({ "finished", login[3] }, KEYS[1])
`;

/**
 * Ends a login whose answer was refused, unless one is under check or its exchanges wait. KEYS: login, open logins. ARGV: login id,
 * keepMs, outcome.
 * Returns { "ended", outcome } or { "late" }.
 */
export const refuseLogin = `${NOW}${END}
local login = redis.call("HMGET", KEYS[1], "s", "v", "y", "o", "q")
if login[4] then return { "ended", login[4] } end
if login[1] ~= "o" or tonumber(login[2]) > 0 or tonumber(login[3] or "0") > 0 then return { "late" } end
redis.call("HSET", KEYS[1], "s", "f", "o", ARGV[3])
redis.call("ZREM", KEYS[2], ARGV[1])
keepEnded(KEYS[1], login[5], tonumber(ARGV[2]))
return { "ended", ARGV[3] }
`;

/**
 * Ends a login whose time is over. KEYS: login, open logins. ARGV: login id, keepMs.
 * Returns { "unknown" }, { "superseded" | "expired", context, challenge, exchange that waited, ... },
 * { "ended", outcome, exchange that waited, ... } or { "running", expires }.
 */
export const expireLogin = `${NOW}${END}${WAITING}
local login = redis.call("HMGET", KEYS[1], "s", "e", "x", "o", "q", "l")
local state = login[1]
if not state then return { "unknown" } end
if state == "p" then return addWaiting({ "superseded", login[3], login[6] }, KEYS[1]) end
if state == "x" then return addWaiting({ "expired", login[3], login[6] }, KEYS[1]) end
if state ~= "o" then return addWaiting({ "ended", login[4] }, KEYS[1]) end
if now < tonumber(login[2]) then return { "running", tonumber(login[2]) } end
local expired = addWaiting({ "expired", login[3], login[6] }, KEYS[1])
redis.call("HSET", KEYS[1], "s", "x")
redis.call("ZREM", KEYS[2], ARGV[1])
keepEnded(KEYS[1], login[5], tonumber(ARGV[2]))
return expired
`;
