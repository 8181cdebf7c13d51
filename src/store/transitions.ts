import { CLOCK, END, LOOK, STEP, TELL } from './lua.ts';
import type { Script } from './scripts.ts';

/*
 * Every change of an explanation's state, one atomic script each. Two rules hold in all of them: nothing leaves a
 * terminal state, and nothing is written for a job whose hash is gone, so that an erased job stays erased. The first
 * write is one that Redis refuses when it is out of memory; a script that was refused has changed nothing.
 */

/** The status after; nil when the job is gone. */
export const START: Script = {
  name: 'start',
  keys: 4,
  lua: `${LOOK}${TELL}${STEP}${CLOCK}
local job, queued, running, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, at = ARGV[1], clock(2)
local was = look(job)
if was.status ~= 'queued' and was.status ~= 'in_progress' then return was.status end
if was.status == 'queued' then
  redis.call('HSET', job, 'status', 'in_progress', 'started_at', at.now)
  redis.call('HINCRBY', job, 'revision', 1)
  redis.call('ZREM', queued, id)
  redis.call('ZADD', running, at.ms, id)
  tell(events, at.told, id, 'status', state('in_progress'), at.open)
  step(was.batch, 'queued', 'in_progress', at, {})
end
redis.call('EXPIRE', running, at.index_life)
redis.call('EXPIRE', job, at.open)
redis.call('EXPIRE', events, at.open)
redis.call('EXPIRE', was.index, at.index_life)
if was.binding and redis.call('HGET', was.binding, 'id') == id then redis.call('EXPIRE', was.binding, at.open) end
return 'in_progress'`,
};

/**
 * The status now; nil when the job is gone. Progress that says nothing new does not make a new revision. What a method
 * would say if it had to stop now ('' = nothing) is told and not kept in the job.
 */
export const PROGRESS: Script = {
  name: 'progress',
  keys: 2,
  lua: `${TELL}
local job, events = KEYS[1], KEYS[2]
local id, progress, provisional, kind, life, told = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local was = redis.call('HMGET', job, 'status', 'progress')
if was[1] == 'in_progress' or was[1] == 'cancelling' then
  if was[2] ~= progress then
    redis.call('HSET', job, 'progress', progress)
    redis.call('HINCRBY', job, 'revision', 1)
    tell(events, told, id, 'progress', progress, life)
  end
  if provisional ~= '' then tell(events, told, id, kind, provisional, life) end
end
return was[1]`,
};

/** The ids whose webhooks are due by it when this call ended the job; nil when it had ended or is gone. */
export const FINISH: Script = {
  name: 'finish',
  keys: 7,
  lua: `${LOOK}${TELL}${STEP}${CLOCK}${END}
local keys = { job = KEYS[1], result = KEYS[2], evaluations = KEYS[3], owned = KEYS[4], queued = KEYS[5], running = KEYS[6], events = KEYS[7] }
local id, status, problem, progress, result, evaluations = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local at, due = clock(7), {}
local was = look(keys.job)
if not was.status or ended[was.status] then return nil end
-- who was told that the job is being cancelled finds it cancelled, with all of its result if it was done by then
if was.status == 'cancelling' and status == 'completed' then status = 'cancelled' end
local more = { 'error', problem }
if progress ~= 'null' then more[#more + 1] = 'progress'; more[#more + 1] = progress end
if result ~= 'null' then
  redis.call('SET', keys.result, result, 'EX', at.life)
  more[#more + 1] = 'kept'; more[#more + 1] = '1'
end
if evaluations ~= '' then redis.call('SET', keys.evaluations, evaluations, 'EX', at.life) end
finish(id, keys, was, status, more, at, due)
return due`,
};

/** The status after, 1 where this call ended the job, then the ids whose webhooks are due by it; nil when there is none of this owner. */
export const CANCEL: Script = {
  name: 'cancel',
  keys: 6,
  lua: `${LOOK}${TELL}${STEP}${CLOCK}${END}
local keys = { job = KEYS[1], owned = KEYS[2], queued = KEYS[3], running = KEYS[4], events = KEYS[6] }
local lock = KEYS[5]
local id, owner, at = ARGV[1], ARGV[2], clock(3)
local was = look(keys.job)
if was.owner ~= owner then return nil end
if was.status == 'queued' and redis.call('EXISTS', lock) == 0 then
  local said = { 'cancelled', 1 }
  finish(id, keys, was, 'cancelled', {}, at, said)
  return said
end
if was.status == 'queued' or was.status == 'in_progress' then
  redis.call('HSET', keys.job, 'status', 'cancelling')
  redis.call('HINCRBY', keys.job, 'revision', 1)
  tell(keys.events, at.told, id, 'status', state('cancelling'), at.open)
  if redis.call('ZREM', keys.queued, id) == 1 then redis.call('ZADD', keys.running, at.ms, id) end
  redis.call('EXPIRE', keys.running, at.index_life)
  step(was.batch, was.status, 'cancelling', at, {})
  return { 'cancelling', 0 }
end
return { was.status, 0 }`,
};

/** {the lists of owned cache keys from a position on, the ids whose webhooks are due by it}; nil when there is no such job of this owner. */
export const ERASE: Script = {
  name: 'erase',
  keys: 9,
  lua: `${LOOK}${STEP}${CLOCK}
local job, result, evaluations, owned, queued, running, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local id, owner, from, at, due = ARGV[1], ARGV[2], ARGV[3], clock(4), {}
local was = look(job)
if was.owner ~= owner then return nil end
local rest = redis.call('LRANGE', owned, from, -1)
if was.binding and redis.call('HGET', was.binding, 'id') == id then redis.call('DEL', was.binding) end
redis.call('ZREM', was.index, id)
redis.call('ZREM', queued, id)
redis.call('ZREM', running, id)
redis.call('ZREM', KEYS[8], id)
redis.call('ZREM', at.opens .. owner, id)
redis.call('UNLINK', job, result, evaluations, owned, events, KEYS[9])
if was.batch then
  local jobs = redis.call('HGET', was.batch, 'jobs')
  if jobs then redis.call('ZREM', jobs, id) end
  step(was.batch, was.status, nil, at, due)
end
redis.call('PUBLISH', at.channel, id)
redis.call('PUBLISH', at.told, id)
return { rest, due }`,
};
