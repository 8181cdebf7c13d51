import type { Redis } from 'ioredis';
import type { OutcomeCache } from '../service/ports.ts';
import { clock } from './clock.ts';
import type { Keys } from './keys.ts';
import { runScript } from './scripts.ts';
import { ERASE } from './transitions.ts';

interface EraseInput {
  redis: Redis;
  keys: Keys;
  cache: OutcomeCache;
  resultTtlSeconds: number;
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
 * @returns the ids whose webhooks are due by it (that of a batch that has ended so), null when the owner has no such explanation
 */
export async function eraseExplanation({ redis, keys, cache, resultTtlSeconds, owner, id }: EraseInput): Promise<string[] | null> {
  if ((await redis.hget(keys.job(id), 'owner')) !== owner) return null;
  const before = await redis.lrange(keys.owned(id), 0, -1);
  await cache.delete(cacheKeys(before));
  const own = [keys.job(id), keys.result(id), keys.evaluations(id), keys.owned(id)];
  const names = [...own, keys.queued, keys.running, keys.events(id), keys.undelivered, keys.shown(id)];
  const erased = await runScript(redis, ERASE, names, [id, owner, before.length, ...clock(keys, resultTtlSeconds)]);
  if (!Array.isArray(erased)) return null;
  const [rest, due] = erased as [string[], string[]];
  await cache.delete(cacheKeys(rest));
  return due;
}
