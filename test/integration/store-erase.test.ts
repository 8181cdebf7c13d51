import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Status } from '../../src/service/ports.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, end, openStore, OWNER, scan, type Store, stored } from './store-kit.ts';

let server: TestRedis;
let other: TestRedis;
let store: Store;

beforeAll(async () => {
  [server, other] = await Promise.all([startTestRedis(), startTestRedis()]);
});
afterAll(() => Promise.all([server.stop(), other.stop()]));
beforeEach(async () => {
  store = await openStore(server.url);
  onTestFinished(() => store.close());
});

/** BullMQ's own keys that hold no job. */
async function keysOfJobs(): Promise<string[]> {
  const own = ['explanations', 'webhooks'].map((queue) => `${store.keys.prefix}:${queue}:`);
  return (await store.names()).filter((name) => !own.some((start) => name.startsWith(start)) || name.includes('exp_'));
}

const weighed = { kind: 'weighed', logprobs: Float64Array.of(-1) } as const;

const ALL: readonly Status[] = ['queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled'];

describe('erase', () => {
  it.each(ALL)('of a %s explanation leaves no key', async (status) => {
    const fresh = stored();
    await store.explanations.claimIdempotencyKey(OWNER, 'key', 'body', fresh.id);
    const id = await bring(store, status, fresh);
    // a worker would have taken the queue's job of one that is running, and removed that of one that has ended
    if (status !== 'queued') await store.queue.remove(id);
    for (const round of [['a', 'b'], ['c']]) {
      for (const key of round) await store.cache.set(key, weighed);
      await store.jobs.ownCacheKeys(id, round);
    }
    await store.cache.set("another's", weighed);
    expect((await store.explanations.show(OWNER, id))?.status).toBe(status);
    expect(await store.explanations.erase(OWNER, id)).toBe(true);
    expect(await keysOfJobs()).toEqual([store.keys.outcome("another's")]);
    expect(await store.explanations.read(OWNER, id)).toBeNull();
    expect(await store.explanations.show(OWNER, id)).toBeNull();
    expect(await store.explanations.readEvaluations(id)).toBeNull();
    expect(await store.explanations.erase(OWNER, id)).toBe(false);
    expect(await store.queue.getJob(id)).toBeUndefined();
    // the Idempotency-Key is free again
    expect(await store.explanations.claimIdempotencyKey(OWNER, 'key', 'another body', stored().id)).toBeNull();
  });

  it('stops the worker, and nothing that it does afterwards brings a key back', async () => {
    const id = await bring(store, 'queued');
    const job = await store.take();
    await store.jobs.start(id);
    expect(await store.explanations.erase(OWNER, id)).toBe(true);
    expect(await store.jobs.progress(id, '{"done":1}')).toBeNull();
    expect(await store.jobs.start(id)).toBeNull();
    await store.cache.set('late', weighed);
    await store.jobs.ownCacheKeys(id, ['late']);
    expect(await store.cache.get(['late'])).toEqual([null]);
    expect(await store.jobs.finish(id, end())).toBe(false);
    await job?.moveToCompleted(null, 'token', false);
    expect(await keysOfJobs()).toEqual([]);
  });

  it('is for the owner only', async () => {
    const id = await bring(store, 'completed');
    await store.cache.set('mine', weighed);
    await store.jobs.ownCacheKeys(id, ['mine']);
    expect(await store.explanations.erase('eve', id)).toBe(false);
    expect(await store.explanations.read(OWNER, id)).toMatchObject({ status: 'completed' });
    expect(await store.cache.get(['mine'])).toEqual([weighed]);
  });

  it('reaches the cache on another Redis, and does not claim success while that is away', async () => {
    const apart = await openStore(server.url, { cacheUrl: other.url });
    onTestFinished(() => apart.close());
    const id = await bring(apart, 'completed');
    await apart.cache.set('far', weighed);
    await apart.jobs.ownCacheKeys(id, ['far']);
    await other.kill9();
    await expect(apart.explanations.erase(OWNER, id)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await apart.explanations.read(OWNER, id)).toMatchObject({ status: 'completed' });
    await other.restart();
    const back = await openStore(server.url, { cacheUrl: other.url, prefix: apart.keys.prefix });
    onTestFinished(() => back.close());
    await back.cache.set('far', weighed);
    expect(await back.explanations.erase(OWNER, id)).toBe(true);
    expect(await back.cache.get(['far'])).toEqual([null]);
    expect((await scan(back.workerRedis, `${apart.keys.prefix}*`)).filter((name) => name.includes(id))).toEqual([]);
  });

  it('while many others are created leaves those alone', async () => {
    const mine = await Promise.all(Array.from({ length: 30 }, () => bring(store, 'queued')));
    const erasing = Promise.all(mine.map((id) => store.explanations.erase(OWNER, id)));
    await Promise.all(Array.from({ length: 30 }, () => bring(store, 'queued')));
    expect(await erasing).toEqual(mine.map(() => true));
    expect((await store.explanations.list(OWNER, { limit: 100, status: 'queued', after: null })).items).toHaveLength(30);
    expect(await store.health.queueDepth()).toMatchObject({ waiting: 30 });
  });
});
