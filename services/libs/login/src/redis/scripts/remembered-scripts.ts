import { LATE_MS, MAX_REMEMBERED, ON_ITS_WAY_MS } from "../../login-store.js";
import { NOW } from "./clock.js";

/**
 * What is remembered of a user is a hash: scope -> "until uses by ended id id ...": until when, logins that may still make use of it (-1:
 * any number), the login that it is of, when that ended (0: also for logins that began later), and those that have made use of it.
 */
const READ = `
local function readRemembered(value)
  local parts = {}
  for part in string.gmatch(value, "%S+") do table.insert(parts, part) end
  return { untilMs = tonumber(parts[1]), uses = tonumber(parts[2]), by = parts[3], ended = tonumber(parts[4]), parts = parts }
end
`;

/** Remembers a login under the entries that stand in ARGV from `first` on: scope, ms, uses (0: any number) and 1 when it is for earlier logins only, of each. */
export const REMEMBER = `${READ}
local function forgetRemembered(key)
  local count, oldest, oldestMs = 0, nil, nil
  local all = redis.call("HGETALL", key)
  for at = 1, #all, 2 do
    local untilMs = readRemembered(all[at + 1]).untilMs
    if untilMs <= now then
      redis.call("HDEL", key, all[at])
    else
      count = count + 1
      if not oldestMs or untilMs < oldestMs or (untilMs == oldestMs and all[at] < oldest) then oldest, oldestMs = all[at], untilMs end
    end
  end
  if count >= ${MAX_REMEMBERED} then redis.call("HDEL", key, oldest) end
end
local function remember(key, loginId, first)
  for at = first, #ARGV, 4 do
    local known = redis.call("HGET", key, ARGV[at])
    if not known or readRemembered(known).by ~= loginId then
      if not known then forgetRemembered(key) end
      local ms = tonumber(ARGV[at + 1])
      local uses = ARGV[at + 2] == "0" and "-1" or ARGV[at + 2]
      local ended = ARGV[at + 3] == "1" and now or 0
      redis.call("HSET", key, ARGV[at], string.format("%d %s %s %d", now + ms, uses, loginId, ended))
      redis.call("PEXPIRE", key, math.max(ms, redis.call("PTTL", key)))
    end
  end
end
`;

/** KEYS: what is remembered. ARGV: login id, when it began, scopes. Returns the first that is remembered of another login, or nothing. */
export const recallLogin = `${NOW}${READ}
for at = 3, #ARGV do
  local value = redis.call("HGET", KEYS[1], ARGV[at])
  local entry = value and readRemembered(value)
  local counts = entry and entry.untilMs > now and entry.by ~= ARGV[1]
  local began = tonumber(ARGV[2])
  if counts and (entry.ended == 0 or began < entry.ended + ${ON_ITS_WAY_MS}) then
    if entry.ended ~= 0 and now - began >= ${LATE_MS} then
      entry.parts[4] = string.format("%d", now)
      redis.call("HSET", KEYS[1], ARGV[at], table.concat(entry.parts, " "))
    end
    if entry.uses < 0 then return ARGV[at] end
    for place = 5, #entry.parts do
      if entry.parts[place] == ARGV[1] then return ARGV[at] end
    end
    if entry.uses > 0 then
      entry.parts[2] = tostring(entry.uses - 1)
      table.insert(entry.parts, ARGV[1])
      redis.call("HSET", KEYS[1], ARGV[at], table.concat(entry.parts, " "))
      return ARGV[at]
    end
  end
end
return false
`;
