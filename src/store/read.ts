import type { Redis } from 'ioredis';
import { runScript, type Script } from './scripts.ts';
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

/** The fields of one explanation, and its result after them. */
const READ: Script = {
  name: 'read',
  keys: 2,
  lua: `
local fields = redis.call('HMGET', KEYS[1], ${FIELDS.map((name) => `'${name}'`).join(', ')})
fields[${FIELDS.length + 1}] = redis.call('GET', KEYS[2])
return fields`,
};

/** One explanation, which is what polls ask for: a pipeline costs the client more than all the rest of it. */
export async function readOne(redis: Redis, keys: Keys, id: string): Promise<Stored | null> {
  const values = (await runScript(redis, READ, [keys.job(id), keys.result(id)], [])) as (string | null)[];
  return fromFields(id, values, values[FIELDS.length] ?? null);
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
