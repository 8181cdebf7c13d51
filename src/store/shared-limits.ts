import type { Redis } from 'ioredis';
import type { SharedLimits } from '../service/shared-ports.ts';
import type { Keys } from './keys.ts';
import { runScript, type Script } from './scripts.ts';
import { guarded } from './unavailable.ts';

/*
 * One clock, the server's, and one count for all workers. A minute is counted by seconds: what was let through in
 * second s counts until s + 61, so that no 60 seconds, wherever they begin, hold more than the limit.
 */

/** Fields are `r<second>` and `t<second>`. Answers {0, second} when the request is let through, {wait in ms, 1 for a pause} when not. */
const ADMIT: Script = {
  name: 'admit',
  keys: 2,
  lua: `
local pause, minute = KEYS[1], KEYS[2]
local requests, tokens, amount = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left = redis.call('PTTL', pause)
if left > 0 then return {left, 1} end
if requests < 0 and tokens < 0 then return {0, 0} end
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', minute)
local used, entries = {r = 0, t = 0}, {r = {}, t = {}}
for index = 1, #all, 2 do
  local kind, at, value = string.sub(all[index], 1, 1), tonumber(string.sub(all[index], 2)), tonumber(all[index + 1])
  if at + 61 <= second then
    redis.call('HDEL', minute, all[index])
  elseif value > 0 then
    used[kind] = used[kind] + value
    table.insert(entries[kind], {at, value})
  end
end
local wait = 0
local function hold(kind, limit, want)
  if limit < 0 then return end
  table.sort(entries[kind], function(a, b) return a[1] < b[1] end)
  local total = used[kind]
  for _, entry in ipairs(entries[kind]) do
    if total + want <= limit then break end
    total = total - entry[2]
    wait = math.max(wait, (entry[1] + 61) * 1000 - now)
  end
end
hold('r', requests, 1)
hold('t', tokens, amount)
if wait > 0 then return {wait, 0} end
redis.call('HINCRBY', minute, 'r' .. second, 1)
if tokens >= 0 then redis.call('HINCRBY', minute, 't' .. second, amount) end
redis.call('EXPIRE', minute, 61)
return {0, second}`,
};

const PAUSE: Script = {
  name: 'pause',
  keys: 1,
  lua: `
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
return nil`,
};

/** A correction of a second that is gone by would bring its field back to life. */
const SETTLE: Script = {
  name: 'settle',
  keys: 1,
  lua: `if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2]) end return nil`,
};

/** @param redis policy `producer`: whoever asks goes by its own limits while it is away */
export function createSharedLimits(redis: Redis, keys: Keys): SharedLimits {
  const run = (script: Script, names: readonly string[], values: readonly (string | number)[]) =>
    guarded(async () => {
      if (redis.status !== 'ready') throw new Error('Connection is closed.');
      return runScript(redis, script, names, values);
    });
  return {
    async admit(endpoint, { requestsPerMinute, tokensPerMinute }, tokens) {
      const minute = keys.minute(endpoint);
      const values = [requestsPerMinute ?? -1, tokensPerMinute ?? -1, Math.ceil(tokens)];
      const [wait, second] = (await run(ADMIT, [keys.pause(endpoint), minute], values)) as [number, number];
      if (wait > 0) return { waitMs: wait, paused: second === 1 };
      return {
        settle: (used) => {
          const more = Math.round(used) - Math.ceil(tokens);
          if (tokensPerMinute !== null && more !== 0) run(SETTLE, [minute], [`t${second}`, more]).catch(() => null);
        },
      };
    },
    async pause(endpoint, milliseconds) {
      await run(PAUSE, [keys.pause(endpoint)], [Math.max(1, Math.ceil(milliseconds))]);
    },
  };
}
