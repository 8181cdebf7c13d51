import type { Redis } from 'ioredis';
import type { Pace } from '../service/ports.ts';
import { type Keys, LIFE } from './keys.ts';

/** Weight of the newest job in the running mean. */
const NEWEST = 0.3;
/** An estimate may be a little behind; a round trip for each would cost the API as much as taking the job in. */
const REMEMBERED_MS = 5_000;
/** Callers may name any model. */
const MOST_REMEMBERED = 1_000;

/** Running mean of seconds per evaluation, a number per endpoint and model. */
export function createPace(redis: Redis, keys: Keys): Pace {
  const read = async (key: string): Promise<number | null> => {
    const text = await redis.get(key).catch(() => null);
    const value = Number(text);
    return text !== null && Number.isFinite(value) ? value : null;
  };
  const remembered = new Map<string, { at: number; value: Promise<number | null> }>();
  return {
    secondsPerCall(endpoint, model) {
      const key = keys.pace(endpoint, model);
      const known = remembered.get(key);
      const now = performance.now();
      if (known && now - known.at < REMEMBERED_MS) return known.value;
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      const value = read(key);
      remembered.set(key, { at: now, value });
      return value;
    },
    async learn(endpoint, model, calls, seconds) {
      if (calls < 1) return;
      const key = keys.pace(endpoint, model);
      const before = await read(key);
      const now = seconds / calls;
      const mean = before === null ? now : before + NEWEST * (now - before);
      await redis.set(key, String(mean), 'EX', LIFE.pace).catch(() => null);
      remembered.delete(key);
    },
  };
}
