import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { Address } from './redis-url.ts';

/*
 * One server, a primary that Sentinels know, or a cluster: which of them a connection goes to is decided here and nowhere
 * else. ioredis' Cluster answers to all that is asked of a Redis in this folder, since all keys share one slot, so both
 * travel as a Redis.
 */

/** ioredis 6 chooses its constructor by these two, so options that name them do not fit every overload. */
export type Options = Omit<RedisOptions, 'replyMapping' | 'protocol'>;

/** Of the connections to a cluster's nodes, without what the overloads differ in. */
type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping' | 'protocol'>;

/** Opens what an address names, all its connections by these options. */
export function openTopology({ cluster, ...address }: Address, options: Options, retryDelay: (times: number) => number): Redis {
  if (!cluster) return new Redis({ ...options, ...address });
  const { retryStrategy: _, reconnectOnError: __, ...shared } = options;
  const opened = new Cluster([...cluster], {
    redisOptions: { ...shared, ...address },
    enableOfflineQueue: options.enableOfflineQueue ?? true,
    clusterRetryStrategy: retryDelay,
    // scripts that are loaded on a node that fails over are sent anew
    maxRedirections: 16,
    retryDelayOnFailover: 200,
    retryDelayOnTryAgain: 100,
    slotsRefreshTimeout: 5_000,
    // names in a certificate are those that nodes are reached by, not the addresses that they go by among themselves
    dnsLookup: (host, callback) => callback(null, host),
  });
  return opened as unknown as Redis;
}

function asCluster(redis: Redis): Cluster | null {
  return (redis as unknown) instanceof Cluster ? (redis as unknown as Cluster) : null;
}

/** A second connection to the same place, with some options of its own. */
export function duplicate(redis: Redis, options: Options): Redis {
  const cluster = asCluster(redis);
  if (!cluster) return redis.duplicate(options);
  const redisOptions = { ...cluster.options.redisOptions, ...options } as NodeOptions;
  return cluster.duplicate([], { enableOfflineQueue: options.enableOfflineQueue ?? true, redisOptions }) as unknown as Redis;
}

/** The servers that hold the data. */
export function nodesOf(redis: Redis): { nodes: readonly Redis[]; isCluster: boolean } {
  const cluster = asCluster(redis);
  return cluster ? { nodes: cluster.nodes('master'), isCluster: true } : { nodes: [redis], isCluster: false };
}
