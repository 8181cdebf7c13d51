import type { Redis } from 'ioredis';
import type { OutcomeCache } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import { runScript } from './scripts.ts';
import { ERASE } from './transitions.ts';

interface EraseInput {
  redis: Redis;
  keys: Keys;
  cache: OutcomeCache;
  owner: string;
  id: string;
}

/** Cache keys from the list entries that JobStore.ownCacheKeys wrote. */
function cacheKeys(entries: readonly string[]): string[] {
  return entries.flatMap((entry) => JSON.parse(entry) as string[]);
}

/**
 * Erases an explanation and the outcomes that it asked for. The cache, which may be another Redis, comes first: when
 * it is away the explanation stands and can be erased again, while the other order would forget what is still to go.
 * What a worker adds in the meantime is given back by the script that erases the explanation.
 * @returns false when the owner has no such explanation
 */
export async function eraseExplanation({ redis, keys, cache, owner, id }: EraseInput): Promise<boolean> {
  if ((await redis.hget(keys.job(id), 'owner')) !== owner) return false;
  const before = await redis.lrange(keys.owned(id), 0, -1);
  await cache.delete(cacheKeys(before));
  const names = [keys.job(id), keys.result(id), keys.evaluations(id), keys.owned(id), keys.queued, keys.running, keys.events(id)];
  const rest = await runScript(redis, ERASE, names, [id, owner, before.length, keys.ended, keys.told]);
  if (!Array.isArray(rest)) return false;
  await cache.delete(cacheKeys(rest as string[]));
  return true;
}
