import { MAX_WAITING_EXCHANGES } from "../../login-store.js";
import { OVERDUE_KEEP_MS } from "../../pending-store.js";

/**
 * A login is a hash with the tag of the user's id.
 *
 *     s  state: o open, r right, w wrong, f finished, x expired, p superseded
 *     q  1 while it has an entry in the due index      u  until when it is kept without that entry, ms
 *     c  client      n  station      d  credential     k  keepMs of its opening
 *     e  expires at, ms                                x  context
 *     i  round       p  prompt of this round, empty: its exchanges wait
 *     l  challenge: how it is asked in this round      o  outcome
 *     m  most tries  w  wrong answers                  v  answers under check
 *     b  id of the answer that ended it                z  logins it superseded, separated by spaces
 *     g  1 when it reaches a phone                     j  the round from which it was last advanced
 *     h:<exchange id>  an exchange that waits for its end; y how many
 *     a:<answer id>  "c" and its round while under check, then "s" and its reply
 *     t:<answer id>  the exchanges that check it, separated by spaces
 *
 * With the same tag, in this order wherever a script has them: the user's open logins (a sorted set: login id -> expires at), her
 * wrong answers and the prompts that reached a phone (counters that live for their window), the stations that she has denied
 * (a sorted set: station -> until), and what is remembered of her. Scripts reach the user's other logins through the prefix of
 * their keys.
 */
export const END = `
local function keepEnded(key, due, keep)
  redis.call("HSET", key, "u", now + keep)
  if due == "1" then keep = math.max(keep, ${OVERDUE_KEEP_MS}) end
  redis.call("PEXPIRE", key, keep)
end
`;

/** The exchanges that wait, behind `result`; and one more of them. */
export const WAITING = `
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
 * Whether a phone may be reached for a login: the reason why not, or nothing, and then it counts. KEYS: 2 open logins, 4 prompts,
 * 5 denied stations. `most` is "" for a login that reaches none. An open login from elsewhere is every one that `beside` takes.
 */
export const REACH = `
local function reach(prefix, station, most, window, beside)
  if most == "" then return nil end
  for _, id in ipairs(redis.call("ZRANGEBYSCORE", KEYS[2], "(" .. now, "+inf")) do
    local other = redis.call("HMGET", prefix .. id, "s", "g", "n")
    if other[1] == "o" and other[2] == "1" and beside(id, other[3]) then return "held-elsewhere" end
  end
  local denied = redis.call("ZSCORE", KEYS[5], station)
  if denied and tonumber(denied) > now then return "denied-recently" end
  if tonumber(redis.call("GET", KEYS[4]) or "0") >= tonumber(most) then return "too-many-prompts" end
  if redis.call("INCR", KEYS[4]) == 1 then redis.call("PEXPIRE", KEYS[4], window) end
  return nil
end
`;
