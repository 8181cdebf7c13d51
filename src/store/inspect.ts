import type { Redis } from 'ioredis';
import { nodesOf } from './topology.ts';

/** What the server at one address is for. */
export type Purpose = 'queue' | 'cache';

/** The oldest release whose commands the scripts here and BullMQ's are written for. */
const OLDEST = [6, 2] as const;

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/**
 * What is wrong with a server, in words for its operator, by the reply to INFO. Fields that are not there say nothing: other
 * servers that speak the protocol leave some out.
 * @param spoken whether the URL says that it is a cluster
 */
export function faultsOf(info: string, purpose: Purpose, spoken: boolean): string[] {
  const version = field(info, 'redis_version');
  const policy = field(info, 'maxmemory_policy');
  const faults: string[] = [];
  if (version !== undefined && isOld(version)) faults.push(`is release ${version}; the oldest that works for sure is ${OLDEST.join('.')}`);
  if (field(info, 'role') === 'slave') faults.push('is a replica and takes no writes: name its primary, or all by redis-sentinel://');
  if (field(info, 'cluster_enabled') === '1' && !spoken) faults.push('is a node of a cluster: name it by redis-cluster://, so that the one that holds the keys is found');
  if (purpose === 'cache') return faults;
  if (policy !== undefined && policy !== 'noeviction') {
    faults.push(`evicts keys when it is full (maxmemory-policy ${policy}), and a job whose key is evicted is lost: set noeviction, and let a Redis of its own evict outcomes (CACHE_REDIS_URL)`);
  }
  if (field(info, 'aof_enabled') === '0') faults.push('keeps no append-only file: a restart loses all since its last snapshot (appendonly yes)');
  return faults;
}

/**
 * Looks at the server, or at every primary of a cluster. Whoever may not ask (INFO can be forbidden) is told nothing.
 * @returns one line for each fault
 */
export async function inspect(redis: Redis, purpose: Purpose): Promise<string[]> {
  const { nodes, isCluster } = nodesOf(redis);
  const infos = await Promise.all(nodes.map((node) => node.info().catch(() => '')));
  return [...new Set(infos.flatMap((info) => faultsOf(info, purpose, isCluster)))].map((fault) => `the Redis of the ${purpose} ${fault}`);
}
