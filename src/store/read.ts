import type { Redis } from 'ioredis';
import type { Stored } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import { FIELDS, fromFields } from './record.ts';

/** Replies of a pipeline, in order. @throws the first error among them */
export function replies<T>(answers: [Error | null, unknown][] | null): T[] {
  return (answers ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply as T;
  });
}

/** Explanations by id in one round trip, in order; null where there is none. */
export async function readMany(redis: Redis, keys: Keys, ids: readonly string[]): Promise<(Stored | null)[]> {
  if (ids.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hmget(keys.job(id), ...FIELDS).get(keys.result(id));
  const answers = replies<(string | null)[] | string | null>(await pipeline.exec());
  return ids.map((id, position) => {
    const fields = answers[position * 2];
    const result = answers[position * 2 + 1];
    return fromFields(id, Array.isArray(fields) ? fields : [], typeof result === 'string' ? result : null);
  });
}
