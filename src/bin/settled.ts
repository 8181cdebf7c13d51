import { once } from 'node:events';
import type { Redis } from 'ioredis';

const CONNECT_MS = 5_000;

/** Resolves when the connection is up, or after five seconds: the service starts without its Redis and says so. */
export async function settled(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await once(redis, 'ready', { signal: AbortSignal.timeout(CONNECT_MS) }).catch(() => null);
}
