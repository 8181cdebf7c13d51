import type { Redis } from 'ioredis';
import { parseRedisUrl } from './redis-url.ts';
import { openTopology, type Options } from './topology.ts';

/**
 * `producer`: fails fast, for whoever has a caller waiting (the API) or can do without (the cache). Nothing is kept
 * for later: a command that was told to have failed is not sent again behind the caller's back.
 * `worker`: waits for as long as Redis is away, for whoever has nothing else to do (BullMQ's worker, the job store).
 */
export type Policy = 'producer' | 'worker';

const COMMAND_MS = 5_000;
const CONNECT_MS = 5_000;
const LONGEST_RETRY_MS = 1_000;

const POLICIES: Record<Policy, Options> = {
  // no retries per request: with one, commands in flight at a loss would wait for the next connection
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: COMMAND_MS },
  worker: { enableOfflineQueue: true, maxRetriesPerRequest: null },
};

/** Doubles from 25 ms to a second, plus up to a quarter so that clients do not come back in step. */
function retryDelay(times: number): number {
  const base = Math.min(25 * 2 ** Math.min(times, 10), LONGEST_RETRY_MS);
  return base + Math.floor((Math.random() * base) / 4);
}

/**
 * Opens a connection that comes back by itself and never crashes the process.
 * @param url see parseRedisUrl
 * @param onError hears every connection error; nothing it is told holds a secret
 * @throws ProblemError validation_failed when the URL cannot be read
 */
export function connect(url: string, policy: Policy, onError: (error: Error) => void = () => {}): Redis {
  const options: Options = {
    // 0 lets the resolver choose, so that hosts with only IPv6 are found
    family: 0,
    connectTimeout: CONNECT_MS,
    retryStrategy: retryDelay,
    // a replica that was a primary: the name leads to the new primary by now
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...POLICIES[policy],
  };
  const redis = openTopology(parseRedisUrl(url), options, retryDelay);
  redis.on('error', onError);
  return redis;
}

/** Lets replies in flight come in, then closes. Never throws, never waits for a Redis that is away. */
export async function closeConnection(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => null);
  // between two attempts there is nothing to disconnect, and commands that wait would never hear of the end
  const attempt = redis.status === 'reconnecting' ? redis.connect().catch(() => null) : null;
  redis.disconnect();
  await attempt;
}
