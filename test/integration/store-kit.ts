import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { ulid } from 'ulid';
import { PAYLOAD_VERSION, type Payload, QUEUE } from '../../src/contract/queue.ts';
import type { JobStore, OutcomeCache, Stored } from '../../src/service/ports.ts';
import type { BatchStore, StoredBatch } from '../../src/service/batch-ports.ts';
import { createBatches } from '../../src/store/batches.ts';
import { createOutcomeCache } from '../../src/store/cache.ts';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { createExplanations, type RedisExplanations } from '../../src/store/explanations.ts';
import { createHealth, type RedisHealth } from '../../src/store/health.ts';
import { createJobStore } from '../../src/store/jobs.ts';
import { createKeys, type Keys } from '../../src/store/keys.ts';
import { createNews } from '../../src/store/news.ts';
import { createQueue, type ExplanationQueue } from '../../src/store/queue.ts';
import { createWebhookQueue, type WebhookQueue } from '../../src/store/webhook-queue.ts';

export const OWNER = 'ann';
export const TTL_SECONDS = 600;

/** The whole store on one prefix, over a producer's and a worker's connection as the service has them. */
export interface Store {
  keys: Keys;
  redis: Redis;
  workerRedis: Redis;
  queue: ExplanationQueue;
  cache: OutcomeCache;
  explanations: RedisExplanations;
  batches: BatchStore;
  webhooks: WebhookQueue;
  jobs: JobStore;
  health: RedisHealth;
  /** Takes the next queue job as a worker would, and holds its lock. */
  take(): Promise<Job<Payload> | undefined>;
  /** Every key of the prefix. */
  names(): Promise<string[]>;
  close(): Promise<void>;
}

interface Options {
  maxQueue?: number;
  /** Of the producer alone, e.g. a user with fewer rights. */
  producerUrl?: string;
  cacheUrl?: string;
  prefix?: string;
  /** Of the request that is being served. */
  requestId?: () => string | null;
}

export async function openStore(url: string, options: Options = {}): Promise<Store> {
  const keys = createKeys(options.prefix ?? `{t-${randomBytes(6).toString('hex')}}`);
  const redis = connect(options.producerUrl ?? url, 'producer');
  const cacheRedis = connect(options.cacheUrl ?? url, 'producer');
  const workerRedis = connect(url, 'worker');
  await until(() => redis.status === 'ready' && cacheRedis.status === 'ready');
  const queue = createQueue(redis, keys);
  const cache = createOutcomeCache({ redis: cacheRedis, keys, ttlSeconds: TTL_SECONDS });
  const maxQueue = options.maxQueue ?? 1_000;
  const webhooks = createWebhookQueue(redis, keys);
  const endings = createNews(redis, keys.ended);
  const deps = { redis, queue, keys, cache, webhooks, endings, maxQueue, resultTtlSeconds: TTL_SECONDS, ...(options.requestId ? { requestId: options.requestId } : {}) };
  const explanations = createExplanations(deps);
  const takers: Worker<Payload>[] = [];
  return {
    keys,
    redis,
    workerRedis,
    queue,
    cache,
    explanations,
    batches: createBatches(deps),
    webhooks,
    jobs: createJobStore({ redis: workerRedis, keys, cache, webhooks, resultTtlSeconds: TTL_SECONDS }),
    health: createHealth({ redis, queue, keys }),
    async take() {
      const taker = new Worker<Payload>(QUEUE, null, { connection: workerRedis, prefix: keys.prefix });
      takers.push(taker);
      return (await taker.getNextJob('token', { block: false })) ?? undefined;
    },
    names: () => scan(workerRedis, `${keys.prefix}*`),
    async close() {
      explanations.close();
      endings.close();
      await Promise.all(takers.map((taker) => taker.close(true)));
      await Promise.all([queue.close(), webhooks.close()]);
      await Promise.all([redis, cacheRedis, workerRedis].map(closeConnection));
    },
  };
}

export async function scan(redis: Redis, pattern: string): Promise<string[]> {
  const names = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000);
    for (const name of found) names.add(name);
    cursor = next;
  } while (cursor !== '0');
  return [...names].sort();
}

/** Looks again until it is so; the test's own time limit is the only one. */
export async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await sleep(10);
}

export function stored(change: Partial<Stored> = {}): Stored {
  const createdAt = change.createdAt ?? new Date().toISOString();
  return {
    id: `exp_${ulid(Date.parse(createdAt)).toLowerCase()}`,
    owner: OWNER,
    status: 'queued',
    createdAt,
    startedAt: null,
    finishedAt: null,
    expiresAt: null,
    progress: 'null',
    estimate: '{"calls":3}',
    metadata: '{"ticket":"42"}',
    batch: 'null',
    webhook: 'null',
    request: '{"call":{"prompt":"päß 🎈"}}',
    result: 'null',
    error: 'null',
    revision: 0,
    schema: PAYLOAD_VERSION,
    ...change,
  };
}

export function batch(change: Partial<StoredBatch> = {}): StoredBatch {
  const createdAt = new Date().toISOString();
  const counts = { total: 1, queued: 1, in_progress: 0, cancelling: 0, completed: 0, failed: 0, cancelled: 0 };
  return {
    id: `bat_${ulid().toLowerCase()}`,
    owner: OWNER,
    status: 'queued',
    createdAt,
    finishedAt: null,
    expiresAt: null,
    counts,
    metadata: '{}',
    estimate: '{"calls":3}',
    webhook: 'null',
    revision: 0,
    ...change,
  };
}

type End = Parameters<JobStore['finish']>[1];

export function end(change: Partial<End> = {}): End {
  const progress = '{"phase":"verifying","done":2,"planned":2}';
  return { status: 'completed', result: '{"completion":"Paris 🗼"}', error: 'null', evaluations: '{"n":2}', progress, ...change };
}

/** Puts an explanation into the state, by the ways that lead there. */
export async function bring(store: Store, status: Stored['status'], change: Partial<Stored> = {}): Promise<string> {
  const fresh = stored(change);
  await store.explanations.create(fresh);
  const { id, owner } = fresh;
  if (status !== 'queued') await store.jobs.start(id);
  if (status === 'cancelling' || status === 'cancelled') await store.explanations.cancel(owner, id);
  if (status === 'completed' || status === 'cancelled') await store.jobs.finish(id, end({ status }));
  const failure = { result: 'null', error: '{"code":"internal"}', evaluations: null };
  if (status === 'failed') await store.jobs.finish(id, end({ status, ...failure }));
  return id;
}
