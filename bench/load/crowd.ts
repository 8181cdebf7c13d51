import type { Redis } from 'ioredis';
import { ulid } from 'ulid';

/** Commands of one pipeline. */
const AT_ONCE = 500;

/** Finished jobs beside a given one. */
export interface Crowd {
  /** Written straight into Redis, as they would be there after their time. */
  add: () => Promise<void>;
  remove: () => Promise<void>;
}

/** @param id of the finished job that the others are like, of the same owner */
export async function crowdOf(redis: Redis, prefix: string, id: string, count: number): Promise<Crowd> {
  const [hash, result] = await Promise.all([redis.hgetall(`${prefix}:job:${id}`), redis.get(`${prefix}:result:${id}`)]);
  const index = `${prefix}:index:${hash['owner']}`;
  const now = Date.now();
  const ids = Array.from({ length: count }, (_, at) => `exp_${ulid(now - at).toLowerCase()}`);
  const inParts = async (write: (pipeline: ReturnType<Redis['pipeline']>, other: string, at: number) => void): Promise<void> => {
    for (let done = 0; done < count; done += AT_ONCE) {
      const pipeline = redis.pipeline();
      ids.slice(done, done + AT_ONCE).forEach((other, offset) => write(pipeline, other, done + offset));
      await pipeline.exec();
    }
  };
  return {
    add: () =>
      inParts((pipeline, other, at) => {
        pipeline.hset(`${prefix}:job:${other}`, hash).expire(`${prefix}:job:${other}`, 86_400);
        pipeline.set(`${prefix}:result:${other}`, result ?? 'null', 'EX', 86_400).zadd(index, now - at, other);
      }),
    remove: () => inParts((pipeline, other) => void pipeline.del(`${prefix}:job:${other}`, `${prefix}:result:${other}`).zrem(index, other)),
  };
}

/** A number of `INFO`. */
async function info(redis: Redis, section: string, field: string): Promise<number> {
  const text = await redis.info(section);
  return Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(text)?.[1]);
}

/** Bytes that Redis uses for its data. */
export const redisBytes = (redis: Redis): Promise<number> => info(redis, 'memory', 'used_memory');

/** Microseconds of CPU that Redis has taken so far. */
export async function redisCpu(redis: Redis): Promise<number> {
  const [user, system] = await Promise.all([info(redis, 'cpu', 'used_cpu_user'), info(redis, 'cpu', 'used_cpu_sys')]);
  return 1e6 * (user + system);
}
