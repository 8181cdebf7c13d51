import type { Redis } from 'ioredis';
import type { Health } from '../service/ports.ts';
import { type Keys, LIFE } from './keys.ts';
import type { ExplanationQueue } from './queue.ts';
import { runScript, type Script } from './scripts.ts';
import { guarded } from './unavailable.ts';

export interface RedisHealth extends Health {
  /** Says that a worker is alive; every five seconds, with `every`. */
  beat(workerId: string): Promise<void>;
  /** Says that a worker has gone, so that it is not counted for the rest of its life. */
  leave(workerId: string): Promise<void>;
}

/** The server's clock is the only one that all workers share. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const BEAT: Script = {
  name: 'beat',
  keys: 1,
  lua: `${NOW}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now - ARGV[2] * 1000)
redis.call('EXPIRE', KEYS[1], ARGV[2] * 4)
return nil`,
};

const ALIVE: Script = {
  name: 'alive',
  keys: 1,
  lua: `${NOW}
return redis.call('ZCOUNT', KEYS[1], now - ARGV[1] * 1000, '+inf')`,
};

/** What /readyz and /metrics ask. `ping` never throws; the others throw storage_unavailable. */
export function createHealth({ redis, queue, keys }: { redis: Redis; queue: ExplanationQueue; keys: Keys }): RedisHealth {
  return {
    ping: () =>
      redis.ping().then(
        (reply) => reply === 'PONG',
        () => false,
      ),
    workers: () => guarded(async () => Number(await runScript(redis, ALIVE, [keys.workers], [LIFE.worker]))),
    queueDepth: () =>
      guarded(async () => {
        if (redis.status !== 'ready') throw new Error('Connection is closed.');
        return queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
      }),
    open: () =>
      guarded(async () => {
        const [queued, running] = await Promise.all([redis.zcard(keys.queued), redis.zcard(keys.running)]);
        return { queued, running };
      }),
    beat: (workerId) =>
      guarded(async () => {
        await runScript(redis, BEAT, [keys.workers], [workerId, LIFE.worker]);
      }),
    leave: (workerId) =>
      guarded(async () => {
        await redis.zrem(keys.workers, workerId);
      }),
    oldestQueuedSeconds: () =>
      guarded(async () => {
        const [, createdAtMs] = await redis.zrange(keys.queued, '0', '0', 'WITHSCORES');
        return createdAtMs === undefined ? null : Math.max(0, (Date.now() - Number(createdAtMs)) / 1000);
      }),
  };
}
