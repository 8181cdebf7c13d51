import { Redis } from 'ioredis';
import { ulid } from 'ulid';

/** Finished jobs like a given one, written straight into Redis, as they would be there after their time. */
export async function addFinished(url: string, prefix: string, id: string, count: number): Promise<void> {
  const redis = new Redis(url);
  const [hash, result] = await Promise.all([redis.hgetall(`${prefix}:job:${id}`), redis.get(`${prefix}:result:${id}`)]);
  const index = `${prefix}:index:${hash['owner']}`;
  const now = Date.now();
  for (let done = 0; done < count; done += 500) {
    const pipeline = redis.pipeline();
    for (let at = done; at < Math.min(count, done + 500); at += 1) {
      const other = `exp_${ulid(now - at).toLowerCase()}`;
      pipeline.hset(`${prefix}:job:${other}`, hash).expire(`${prefix}:job:${other}`, 86_400);
      pipeline.set(`${prefix}:result:${other}`, result ?? 'null', 'EX', 86_400).zadd(index, now - at, other);
    }
    await pipeline.exec();
  }
  redis.disconnect();
}

/** Bytes that Redis uses for its data. */
export async function redisBytes(url: string): Promise<number> {
  const redis = new Redis(url);
  const info = await redis.info('memory');
  redis.disconnect();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
