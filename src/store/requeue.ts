import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { enqueue, enqueueMany, type ExplanationQueue, type Submitted } from './queue.ts';
import { runScript, type Script } from './scripts.ts';

const BATCH = 200;
/** A batch is stored and then queued: a job this young may be between the two. */
const YOUNG_MS = 10_000;

/**
 * {ids looked at, entries dropped because their job ended or is gone, those without a queue job, those of them that are part
 * of a batch}, of one stretch; each of the latter two is an id and the id of the request that submitted it ('' = unknown).
 */
const LOST: Script = {
  name: 'lost',
  keys: 1,
  lua: `
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', ARGV[2], ARGV[3])
local lost, of_batches, dropped = {}, {}, 0
for _, id in ipairs(ids) do
  local was = redis.call('HMGET', ARGV[4] .. id, 'status', 'request_id', 'batch_key')
  local status = was[1]
  if status == 'queued' or status == 'in_progress' or status == 'cancelling' then
    if redis.call('EXISTS', ARGV[5] .. id) == 0 then
      local list = was[3] and of_batches or lost
      list[#list + 1] = { id, was[2] or '' }
    end
  else
    redis.call('ZREM', KEYS[1], id)
    dropped = dropped + 1
  end
end
return { #ids, dropped, lost, of_batches }`,
};

type Lost = [id: string, requestId: string];
const submitted = ([id, requestId]: Lost): Submitted => ({ id, requestId: requestId || null });

/**
 * Finds explanations that have not ended and have no queue job (a process died between storing a batch and queueing it,
 * or the queue's keys were lost) and queues them again. Running it twice at once does no harm: a queue job exists once.
 * @returns how many were queued
 */
export async function requeueLost(redis: Redis, queue: ExplanationQueue, keys: Keys, now: number): Promise<number> {
  let found = 0;
  for (const open of [keys.queued, keys.running]) {
    for (let offset = 0, seen = BATCH; seen === BATCH; ) {
      const values = [now - YOUNG_MS, offset, BATCH, keys.job(''), keys.queueJob('')];
      const [looked, dropped, lost, ofBatches] = (await runScript(redis, LOST, [open], values)) as [number, number, Lost[], Lost[]];
      await Promise.all(lost.map((one) => enqueue(redis, queue, submitted(one))));
      await enqueueMany(redis, queue, ofBatches.map(submitted));
      found += lost.length + ofBatches.length;
      seen = looked;
      offset += looked - dropped;
    }
  }
  return found;
}
