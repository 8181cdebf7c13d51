import type { Redis } from 'ioredis';
import type { Pace } from '../service/ports.ts';

/** Weight of the newest job in the running mean. */
const NEWEST = 0.3;
const LIFE_SECONDS = 30 * 86_400;

/** Running mean of seconds per evaluation, a number per endpoint and model. */
export function createPace(redis: Redis, prefix: string): Pace {
  const keyOf = (endpoint: string, model: string) => `${prefix}:pace:${endpoint}:${model}`;
  const read = async (key: string): Promise<number | null> => {
    const text = await redis.get(key).catch(() => null);
    const value = Number(text);
    return text !== null && Number.isFinite(value) ? value : null;
  };
  return {
    secondsPerCall: (endpoint, model) => read(keyOf(endpoint, model)),
    async learn(endpoint, model, calls, seconds) {
      if (calls < 1) return;
      const key = keyOf(endpoint, model);
      const before = await read(key);
      const now = seconds / calls;
      const mean = before === null ? now : before + NEWEST * (now - before);
      await redis.set(key, String(mean), 'EX', LIFE_SECONDS).catch(() => null);
    },
  };
}
