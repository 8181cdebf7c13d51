import type { Redis } from 'ioredis';
import type { Findings } from '../service/shared-ports.ts';
import type { Keys } from './keys.ts';

/** @param redis policy `producer`: without it every process finds out by itself */
export function createFindings(redis: Redis, keys: Keys): Findings {
  return {
    get: async (endpoint, model) => (redis.status === 'ready' ? redis.get(keys.finding(endpoint, model)).catch(() => null) : null),
    async set(endpoint, model, json, seconds) {
      if (redis.status !== 'ready') return;
      await redis.set(keys.finding(endpoint, model), json, 'EX', Math.max(1, Math.ceil(seconds))).catch(() => null);
    },
  };
}
