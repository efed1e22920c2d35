/** The clock of every script: Redis' own, so that all processes agree. */
export const NOW = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;
