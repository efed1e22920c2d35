import { MAX_REMEMBERED } from "../../pending-store.js";
import { NOW } from "./clock.js";

/**
 * What is remembered of a user is a hash: scope -> "until uses by id id ...": until when, logins that may still make use of it (-1: any
 * number), the login that it is of, and those that have made use of it.
 */
const REMEMBERED = `
local function read(value)
  local parts = {}
  for part in string.gmatch(value, "%S+") do table.insert(parts, part) end
  return { untilMs = tonumber(parts[1]), uses = tonumber(parts[2]), by = parts[3], users = parts }
end
`;

/** KEYS: what is remembered. ARGV: login id, then scope, ms and uses (0: any number) of each entry. */
export const rememberLogin = `${NOW}${REMEMBERED}
local all = redis.call("HGETALL", KEYS[1])
local count, oldest, oldestMs = 0, nil, nil
for at = 1, #all, 2 do
  local entry = read(all[at + 1])
  if entry.untilMs <= now then
    redis.call("HDEL", KEYS[1], all[at])
  else
    count = count + 1
  end
end
for at = 2, #ARGV, 3 do
  local known = redis.call("HGET", KEYS[1], ARGV[at])
  if not known or read(known).by ~= ARGV[1] then
    if not known and count >= ${MAX_REMEMBERED} then
      local kept = redis.call("HGETALL", KEYS[1])
      for place = 1, #kept, 2 do
        local untilMs = read(kept[place + 1]).untilMs
        if not oldestMs or untilMs < oldestMs or (untilMs == oldestMs and kept[place] < oldest) then oldest, oldestMs = kept[place], untilMs end
      end
      redis.call("HDEL", KEYS[1], oldest)
      oldest, oldestMs, count = nil, nil, count - 1
    end
    if not known then count = count + 1 end
    local ms = tonumber(ARGV[at + 1])
    local uses = ARGV[at + 2] == "0" and "-1" or ARGV[at + 2]
    redis.call("HSET", KEYS[1], ARGV[at], string.format("%d", now + ms) .. " " .. uses .. " " .. ARGV[1])
    redis.call("PEXPIRE", KEYS[1], math.max(ms, redis.call("PTTL", KEYS[1])))
  end
end
return 1
`;

/** KEYS: what is remembered. ARGV: login id, scopes. Returns the scope, or nothing. */
export const recallLogin = `${NOW}${REMEMBERED}
for at = 2, #ARGV do
  local value = redis.call("HGET", KEYS[1], ARGV[at])
  if value then
    local entry = read(value)
    if entry.untilMs > now then
      if entry.uses < 0 then return ARGV[at] end
      for place = 4, #entry.users do
        if entry.users[place] == ARGV[1] then return ARGV[at] end
      end
      if entry.uses > 0 then
        entry.users[2] = tostring(entry.uses - 1)
        table.insert(entry.users, ARGV[1])
        redis.call("HSET", KEYS[1], ARGV[at], table.concat(entry.users, " "))
        return ARGV[at]
      end
    end
  end
end
return false
`;
