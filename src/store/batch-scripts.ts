import { BIND, ROOM, STORE } from './lua.ts';
import type { Script } from './scripts.ts';

/*
 * A batch is a hash of its own. Its explanations say in `batch_key` where it is, and move its counts with every
 * transition (STEP in lua.ts), so that a look at it costs the same whatever its size.
 */

/**
 * Stores a batch and all of its explanations, or nothing: 1 = stored (again), 0 = the queue is full, -1 = the owner has
 * too many open jobs. ARGV ends with, per explanation, its id and values of OWN.
 */
export const CREATE_BATCH: Script = {
  name: 'create-batch',
  keys: 7,
  lua: `${ROOM}${STORE}${BIND}
local batch, jobs, batches, index, queued, opens, claim = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local id, created, most, most_open, life, index_life = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local job_prefix, events_prefix, fields, count = ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
if redis.call('EXISTS', batch) == 1 then return 1 end
local free = room(queued, opens, count, most, most_open, created - life * 1000)
if free < 1 then return free end
local at = 11 + fields
redis.call('HSET', batch, unpack(ARGV, 11, at - 1))
redis.call('HSET', batch, 'queued', count, 'open', count)
redis.call('EXPIRE', batch, life)
for _ = 1, count do
  local one = ARGV[at]
  store(one, job_prefix .. one, events_prefix .. one, index, queued, opens, created, life, index_life, ARGV, at + 1)
  redis.call('ZADD', jobs, created, one)
  at = at + 1 + #own
end
redis.call('EXPIRE', jobs, life)
redis.call('ZADD', batches, created, id)
redis.call('EXPIRE', batches, index_life)
bind(id, batch, claim, life)
return 1`,
};

/** Says that the batch is being cancelled. 1, or 0 when it has ended; nil when there is none of this owner. */
export const CANCEL_BATCH: Script = {
  name: 'cancel-batch',
  keys: 1,
  lua: `
local was = redis.call('HMGET', KEYS[1], 'owner', 'open', 'cancelling_since')
if was[1] ~= ARGV[1] then return nil end
if tonumber(was[2]) == 0 then return 0 end
if not was[3] then
  redis.call('HSET', KEYS[1], 'cancelling_since', ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'revision', 1)
end
return 1`,
};

/** Erases a batch whose explanations are erased; nil when there is none of this owner. */
export const ERASE_BATCH: Script = {
  name: 'erase-batch',
  keys: 4,
  lua: `
local batch, jobs, batches, undelivered = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, owner, channel = ARGV[1], ARGV[2], ARGV[3]
local was = redis.call('HMGET', batch, 'owner', 'binding')
if was[1] ~= owner then return nil end
if was[2] and redis.call('HGET', was[2], 'id') == id then redis.call('DEL', was[2]) end
redis.call('ZREM', batches, id)
redis.call('ZREM', undelivered, id)
redis.call('UNLINK', batch, jobs)
redis.call('PUBLISH', channel, id)
return 1`,
};
