import type { Script } from './scripts.ts';

/*
 * Every change of an explanation's state, one atomic script each. Two rules hold in all of them: nothing leaves a
 * terminal state, and nothing is written for a job whose hash is gone, so that an erased job stays erased. The first
 * write is one that Redis refuses when it is out of memory; a script that was refused has changed nothing.
 */

/** What happened, for whoever follows the job; beyond so many events the oldest go. */
const MOST_EVENTS = 300;
const TELL = `
local function tell(events, channel, id, type, data, life)
  redis.call('XADD', events, 'MAXLEN', '~', ${MOST_EVENTS}, '*', 'type', type, 'data', data)
  redis.call('EXPIRE', events, life)
  redis.call('PUBLISH', channel, id)
end
local function state(status) return '{"status":"' .. status .. '"}' end
`;

const STATES = `
local ended = { completed = true, failed = true, cancelled = true }
`;

/** Ends a job: its keys and its Idempotency-Key live on for as long as its result; the secret that came with it does not. */
const END = `
local function finish(id, keys, status, more, now, expires, life, index, binding, index_life, channel)
  redis.call('HSET', keys.job, 'status', status, 'finished_at', now, 'expires_at', expires, unpack(more))
  redis.call('HDEL', keys.job, 'secret')
  redis.call('HINCRBY', keys.job, 'revision', 1)
  redis.call('EXPIRE', keys.job, life)
  redis.call('EXPIRE', keys.owned, life)
  tell(keys.events, keys.told, id, status, state(status), life)
  redis.call('EXPIRE', index, index_life)
  if binding and redis.call('HGET', binding, 'id') == id then redis.call('EXPIRE', binding, life) end
  redis.call('ZREM', keys.queued, id)
  redis.call('ZREM', keys.running, id)
  redis.call('PUBLISH', channel, id)
end
`;

/** 1 = stored (again: a resent command), 0 = the queue is full. */
export const CREATE: Script = {
  name: 'create',
  keys: 5,
  lua: `${TELL}
local job, index, queued, claim, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, created, most, life, index_life, told = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
if redis.call('EXISTS', job) == 1 then return 1 end
if redis.call('ZCARD', queued) >= most then return 0 end
redis.call('HSET', job, unpack(ARGV, 7))
redis.call('EXPIRE', job, life)
tell(events, told, id, 'status', state('queued'), life)
local binding = redis.call('GET', claim)
if binding and redis.call('HGET', binding, 'id') == id then
  redis.call('HSET', binding, 'stored', '1')
  redis.call('EXPIRE', binding, life)
  redis.call('HSET', job, 'binding', binding)
end
redis.call('DEL', claim)
redis.call('ZADD', index, created, id)
redis.call('EXPIRE', index, index_life)
redis.call('ZADD', queued, created, id)
redis.call('EXPIRE', queued, index_life)
return 1`,
};

/** Takes back what CREATE stored when it could not be queued: 1 = gone, 0 = it stands, for it was queued after all. */
export const WITHDRAW: Script = {
  name: 'withdraw',
  keys: 5,
  lua: `
local job, queued, claim, queue_job, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, claim_life = ARGV[1], ARGV[2]
local was = redis.call('HMGET', job, 'status', 'index', 'binding')
if not was[1] then return 1 end
if was[1] ~= 'queued' or redis.call('EXISTS', queue_job) == 1 then return 0 end
redis.call('ZREM', was[2], id)
redis.call('ZREM', queued, id)
-- the key stays claimed until its owner releases it: nobody else may take it for free and then lose it
if was[3] and redis.call('HGET', was[3], 'id') == id then
  redis.call('HDEL', was[3], 'stored')
  redis.call('EXPIRE', was[3], claim_life)
  redis.call('SET', claim, was[3], 'EX', claim_life)
end
redis.call('DEL', job, events)
return 1`,
};

/** The status after; nil when the job is gone. */
export const START: Script = {
  name: 'start',
  keys: 4,
  lua: `${TELL}
local job, queued, running, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, now, now_ms, life, index_life, told = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local was = redis.call('HMGET', job, 'status', 'index', 'binding')
if was[1] ~= 'queued' and was[1] ~= 'in_progress' then return was[1] end
if was[1] == 'queued' then
  redis.call('HSET', job, 'status', 'in_progress', 'started_at', now)
  redis.call('HINCRBY', job, 'revision', 1)
  redis.call('ZREM', queued, id)
  redis.call('ZADD', running, now_ms, id)
  tell(events, told, id, 'status', state('in_progress'), life)
end
redis.call('EXPIRE', running, index_life)
redis.call('EXPIRE', job, life)
redis.call('EXPIRE', events, life)
redis.call('EXPIRE', was[2], index_life)
if was[3] and redis.call('HGET', was[3], 'id') == id then redis.call('EXPIRE', was[3], life) end
return 'in_progress'`,
};

/**
 * The status now; nil when the job is gone. Progress that says nothing new does not make a new revision. Provisional
 * attributions ('' = none) are told and not kept in the job.
 */
export const PROGRESS: Script = {
  name: 'progress',
  keys: 2,
  lua: `${TELL}
local job, events = KEYS[1], KEYS[2]
local id, progress, attributions, life, told = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local was = redis.call('HMGET', job, 'status', 'progress')
if was[1] == 'in_progress' or was[1] == 'cancelling' then
  if was[2] ~= progress then
    redis.call('HSET', job, 'progress', progress)
    redis.call('HINCRBY', job, 'revision', 1)
    tell(events, told, id, 'progress', progress, life)
  end
  if attributions ~= '' then tell(events, told, id, 'attributions', attributions, life) end
end
return was[1]`,
};

/** 1 = ended by this call, 0 = it had ended or is gone. */
export const FINISH: Script = {
  name: 'finish',
  keys: 7,
  lua: `${STATES}${TELL}${END}
local keys = { job = KEYS[1], result = KEYS[2], evaluations = KEYS[3], owned = KEYS[4], queued = KEYS[5], running = KEYS[6], events = KEYS[7] }
local id, status, now, expires, life, index_life, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local problem, progress, result, evaluations = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
keys.told = ARGV[12]
local was = redis.call('HMGET', keys.job, 'status', 'index', 'binding')
if not was[1] or ended[was[1]] then return 0 end
-- who was told that the job is being cancelled finds it cancelled, with all of its result if it was done by then
if was[1] == 'cancelling' and status == 'completed' then status = 'cancelled' end
local more = { 'error', problem }
if progress ~= 'null' then more[#more + 1] = 'progress'; more[#more + 1] = progress end
if result ~= 'null' then
  redis.call('SET', keys.result, result, 'EX', life)
  more[#more + 1] = 'kept'; more[#more + 1] = '1'
end
if evaluations ~= '' then redis.call('SET', keys.evaluations, evaluations, 'EX', life) end
finish(id, keys, status, more, now, expires, life, was[2], was[3], index_life, channel)
return 1`,
};

/** The status after; nil when there is none of this owner. */
export const CANCEL: Script = {
  name: 'cancel',
  keys: 6,
  lua: `${STATES}${TELL}${END}
local keys = { job = KEYS[1], owned = KEYS[2], queued = KEYS[3], running = KEYS[4], events = KEYS[6] }
local lock = KEYS[5]
local id, owner, now, expires = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local life, index_life, channel, now_ms, open = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
keys.told = ARGV[10]
local was = redis.call('HMGET', keys.job, 'status', 'owner', 'index', 'binding')
if was[2] ~= owner then return nil end
if was[1] == 'queued' and redis.call('EXISTS', lock) == 0 then
  finish(id, keys, 'cancelled', {}, now, expires, life, was[3], was[4], index_life, channel)
  return 'cancelled'
end
if was[1] == 'queued' or was[1] == 'in_progress' then
  redis.call('HSET', keys.job, 'status', 'cancelling')
  redis.call('HINCRBY', keys.job, 'revision', 1)
  tell(keys.events, keys.told, id, 'status', state('cancelling'), open)
  if redis.call('ZREM', keys.queued, id) == 1 then redis.call('ZADD', keys.running, now_ms, id) end
  redis.call('EXPIRE', keys.running, index_life)
  return 'cancelling'
end
return was[1]`,
};

/** The lists of owned cache keys from a position on; nil when there is no such job of this owner. */
export const ERASE: Script = {
  name: 'erase',
  keys: 7,
  lua: `
local job, result, evaluations, owned, queued, running, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local id, owner, from, channel, told = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local was = redis.call('HMGET', job, 'owner', 'index', 'binding')
if was[1] ~= owner then return nil end
local rest = redis.call('LRANGE', owned, from, -1)
if was[3] and redis.call('HGET', was[3], 'id') == id then redis.call('DEL', was[3]) end
redis.call('ZREM', was[2], id)
redis.call('ZREM', queued, id)
redis.call('ZREM', running, id)
redis.call('UNLINK', job, result, evaluations, owned, events)
redis.call('PUBLISH', channel, id)
redis.call('PUBLISH', told, id)
return rest`,
};
