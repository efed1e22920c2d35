/**
 * Puts an item into the inbox of a user, unless one of the same or a higher rank is there. What has expired is dropped
 * before there is no room. An item is stored as `rank expiry value`, each number with a blank behind it.
 * KEYS: inbox. ARGV: challenge id, rank, expiry (ms), value, most items, channel, user id.
 * Returns put, same, overtaken or full.
 */
export const putItem = `
local rank = tonumber(ARGV[2])
local there = redis.call('HGET', KEYS[1], ARGV[1])
if there then
  local known = tonumber(string.match(there, '^(%d+) '))
  if known == rank then return 'same' end
  if known > rank then return 'overtaken' end
elseif redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local all = redis.call('HGETALL', KEYS[1])
  for at = 1, #all, 2 do
    if tonumber(string.match(all[at + 1], '^%d+ (%d+) ')) <= now then redis.call('HDEL', KEYS[1], all[at]) end
  end
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return 'full' end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
local ends = redis.call('PEXPIRETIME', KEYS[1])
if ends < tonumber(ARGV[3]) then redis.call('PEXPIREAT', KEYS[1], ARGV[3]) end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 'put'
`;
