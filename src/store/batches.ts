import { setImmediate as breathe } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { BatchStore, Fresh, StoredBatch } from '../service/batch-ports.ts';
import type { OutcomeCache } from '../service/ports.ts';
import { fromBatchFields, toBatchFields } from './batch-record.ts';
import { CANCEL_BATCH, CREATE_BATCH, ERASE_BATCH } from './batch-scripts.ts';
import { cancelExplanation } from './cancel.ts';
import { eraseExplanation } from './erase.ts';
import { claimKey, releaseKey } from './idempotency.ts';
import { type Keys, LIFE } from './keys.ts';
import { walk } from './listing.ts';
import type { News } from './news.ts';
import { dequeue, enqueueMany, type ExplanationQueue } from './queue.ts';
import { replies } from './read.ts';
import { toValues } from './record.ts';
import { refuseWithoutRoom } from './room.ts';
import { runScript } from './scripts.ts';
import { guarded } from './unavailable.ts';
import { waitUntil } from './waiting.ts';
import type { WebhookQueue } from './webhook-queue.ts';

export interface BatchesDeps {
  /** Policy `producer`. */
  redis: Redis;
  queue: ExplanationQueue;
  keys: Keys;
  cache: OutcomeCache;
  webhooks: WebhookQueue;
  /** Of what has ended. */
  endings: News;
  maxQueue: number;
  /** Of the request that is being served, for the worker's log. */
  requestId?: () => string | null;
  resultTtlSeconds: number;
}

/** Explanations of a batch cancelled or erased at once: others are served in between. */
const AT_ONCE = 50;

/** The API's side of batches. */
export function createBatches(deps: BatchesDeps): BatchStore {
  const { redis, queue, keys, maxQueue, resultTtlSeconds } = deps;

  const read = async (owner: string, id: string): Promise<StoredBatch | null> => {
    const batch = fromBatchFields(await redis.hgetall(keys.batch(id)));
    return batch?.owner === owner ? batch : null;
  };

  const create = async (batch: StoredBatch, explanations: readonly Fresh[], maxOpen: number | null): Promise<void> => {
    const { id, owner } = batch;
    const index = keys.index(owner);
    const names = [keys.batch(id), keys.batchJobs(id), keys.batches(owner), index, keys.queued, keys.open(owner), keys.claim(id)];
    const own = toBatchFields(batch, { jobs: keys.batchJobs(id), index: keys.batches(owner) });
    const requestId = deps.requestId?.() ?? null;
    const each = explanations.map(({ stored, secret }) => [stored.id, ...toValues(stored, { index, secret, requestId, batchKey: keys.batch(id) })]);
    const lives = [LIFE.open, LIFE.open + resultTtlSeconds];
    const head = [id, Date.parse(batch.createdAt), maxQueue, maxOpen ?? -1, ...lives, keys.job(''), keys.events('')];
    const values = [...head, own.length, explanations.length, ...own, ...each.flat()];
    refuseWithoutRoom(await runScript(redis, CREATE_BATCH, names, values), maxQueue, maxOpen);
    // it stands from here on: what cannot be queued now is found by requeueLost
    await enqueueMany(redis, queue, explanations.map(({ stored }) => ({ id: stored.id, requestId }))).catch(() => null);
  };

  /** Does `work` for every explanation of the batch that there is. */
  const forEach = async (id: string, work: (id: string) => Promise<unknown>): Promise<void> => {
    const ids = await redis.zrange(keys.batchJobs(id), '0', '-1');
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      await Promise.all(ids.slice(from, from + AT_ONCE).map(work));
      await breathe();
    }
  };

  const cancel: BatchStore['cancel'] = async (owner, id, told) => {
    const open = await runScript(redis, CANCEL_BATCH, [keys.batch(id)], [owner, new Date().toISOString()]);
    if (open === null) return null;
    const cancelOne = async (one: string): Promise<void> => {
      const cancelled = await cancelExplanation({ ...deps, owner, id: one });
      const request = cancelled?.ended ? await redis.hget(keys.job(one), 'request') : null;
      if (request !== null) told?.(request);
    };
    if (open === 1) await forEach(id, cancelOne);
    return read(owner, id);
  };

  const erase = async (owner: string, id: string): Promise<boolean> => {
    if ((await read(owner, id)) === null) return false;
    // nobody is told of an end that is the erasing
    await redis.hset(keys.batch(id), 'webhook', 'null');
    await forEach(id, async (one) => {
      await eraseExplanation({ ...deps, owner, id: one });
      await dequeue(redis, queue, one);
    });
    await runScript(redis, ERASE_BATCH, [keys.batch(id), keys.batchJobs(id), keys.batches(owner), keys.undelivered], [id, owner, keys.ended]);
    return true;
  };

  const list: BatchStore['list'] = async (owner, { limit, after }) => {
    const index = keys.batches(owner);
    const items: StoredBatch[] = [];
    for await (const positions of walk(redis, index, { after })) {
      const pipeline = redis.pipeline();
      for (const { id } of positions) pipeline.hgetall(keys.batch(id));
      const found = replies<Record<string, string>>(await pipeline.exec()).map(fromBatchFields);
      const expired = positions.filter((_, place) => found[place] === null).map(({ id }) => id);
      if (expired.length > 0) await redis.zrem(index, ...expired);
      for (const [place, batch] of found.entries()) {
        if (batch === null) continue;
        items.push(batch);
        if (items.length === limit) return { items, next: positions[place] ?? null };
      }
    }
    return { items, next: null };
  };

  return {
    create: (batch, explanations, maxOpen) => guarded(() => create(batch, explanations, maxOpen)),
    read: (owner, id) => guarded(() => read(owner, id)),
    list: (owner, query) => guarded(() => list(owner, query)),
    cancel: (owner, id, told) => guarded(() => cancel(owner, id, told)),
    erase: (owner, id) => guarded(() => erase(owner, id)),
    claimIdempotencyKey: (owner, key, bodyHash, id) => guarded(() => claimKey(redis, keys, { owner, key, bodyHash, id, stored: keys.batch(id) })),
    releaseIdempotencyKey: (owner, key) => guarded(() => releaseKey(redis, keys, owner, key)),
    waitForEnd: (owner, id, milliseconds, signal) =>
      guarded(async () => {
        const ended = async (): Promise<boolean> => {
          const [open, of] = await redis.hmget(keys.batch(id), 'open', 'owner');
          return of !== owner || open === '0';
        };
        await waitUntil({ ended, news: deps.endings, id, milliseconds, signal });
      }),
  };
}
