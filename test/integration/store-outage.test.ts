import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ProblemError } from '../../src/errors.ts';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { createExplanations } from '../../src/store/explanations.ts';
import { createHealth } from '../../src/store/health.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createNews } from '../../src/store/news.ts';
import { createQueue } from '../../src/store/queue.ts';
import { createWebhookQueue } from '../../src/store/webhook-queue.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, end, openStore, OWNER, type Store, stored, until } from './store-kit.ts';

let server: TestRedis;
let store: Store;

beforeEach(async () => {
  server = await startTestRedis({ appendOnly: true });
  store = await openStore(server.url);
});
afterEach(async () => {
  await store.close();
  await server.stop();
});

const never = () => new AbortController().signal;
const AWAY = { code: 'storage_unavailable', status: 503, retryable: true, retryAfter: 2 };

function everything(id: string): Record<string, () => Promise<unknown>> {
  const { explanations, health } = store;
  return {
    create: () => explanations.create(stored()),
    read: () => explanations.read(OWNER, id),
    show: () => explanations.show(OWNER, id),
    latest: () => explanations.read(OWNER, 'latest'),
    list: () => explanations.list(OWNER, { limit: 10, status: null, after: null }),
    cancel: () => explanations.cancel(OWNER, id),
    erase: () => explanations.erase(OWNER, id),
    readEvaluations: () => explanations.readEvaluations(id),
    claim: () => explanations.claimIdempotencyKey(OWNER, 'key', 'body', id),
    release: () => explanations.releaseIdempotencyKey(OWNER, 'key'),
    requeueLost: () => explanations.requeueLost(),
    workers: () => health.workers(),
    queueDepth: () => health.queueDepth(),
    beat: () => health.beat('w'),
    oldest: () => health.oldestQueuedSeconds(),
  };
}

describe('while Redis is away', () => {
  it('everything of the API fails at once and says so, and works again when it is back', async () => {
    const id = await bring(store, 'in_progress');
    await server.kill9();
    await until(() => store.redis.status !== 'ready');
    for (const [name, go] of Object.entries(everything(id))) await expect(go(), name).rejects.toMatchObject(AWAY);
    expect(await store.health.ping()).toBe(false);
    expect(await store.cache.get(['a', 'b'])).toEqual([null, null]);
    await store.cache.set('a', { kind: 'weighed', logprobs: Float64Array.of(-1) });
    await expect(store.cache.delete(['a'])).rejects.toMatchObject(AWAY);

    await server.restart();
    await until(() => store.redis.status === 'ready');
    expect(await store.explanations.read(OWNER, id)).toMatchObject({ status: 'in_progress' });
    for (const go of Object.values(everything(id))) await go();
    expect(await store.health.ping()).toBe(true);
  });

  it('a worker waits, and loses nothing', async () => {
    const id = await bring(store, 'in_progress');
    await server.kill9();
    const finished = store.jobs.finish(id, end());
    await server.restart();
    expect(await finished).toBe(true);
    expect(await store.jobs.load(id)).toMatchObject({ status: 'completed', result: end().result });
  });

  it('a wait sits a restart out', async () => {
    const id = await bring(store, 'in_progress');
    const wait = store.explanations.waitForEnd(OWNER, id, 3_600_000, never());
    await server.kill9();
    await server.restart();
    await store.jobs.finish(id, end());
    await wait;
    expect(await store.explanations.read(OWNER, id)).toMatchObject({ status: 'completed' });
  });

  it('a wait ends with a problem when it does not come back', async () => {
    const id = await bring(store, 'in_progress');
    const wait = store.explanations.waitForEnd(OWNER, id, 3_600_000, never());
    await server.kill9();
    await expect(wait).rejects.toMatchObject(AWAY);
  });

  it('a store that is opened then works as soon as it is there', async () => {
    await server.kill9();
    const opening = openStore(server.url);
    await server.restart();
    const late = await opening;
    onTestFinished(() => late.close());
    await late.explanations.create(stored());
    expect(await late.health.queueDepth()).toMatchObject({ waiting: 1 });
  });
});

it('a store whose Redis never comes says so, and closes', async () => {
  await server.kill9();
  const keys = createKeys('{never}');
  const redis = connect(server.url, 'producer');
  const queue = createQueue(redis, keys);
  const webhooks = createWebhookQueue(redis, keys);
  const endings = createNews(redis, keys.ended);
  const explanations = createExplanations({ redis, queue, keys, cache: store.cache, webhooks, endings, maxQueue: 1, resultTtlSeconds: 60 });
  await expect(explanations.create(stored())).rejects.toMatchObject(AWAY);
  await expect(createHealth({ redis, queue, keys }).queueDepth()).rejects.toMatchObject(AWAY);
  await explanations.waitForEnd(OWNER, stored().id, 1, never());
  explanations.close();
  endings.close();
  await Promise.all([queue.close(), webhooks.close()]);
  await closeConnection(redis);
});

describe('a Redis that is there but refuses', () => {
  it('for want of memory: nothing is half done, and erasing still works', async () => {
    const running = await bring(store, 'in_progress');
    const queued = await bring(store, 'queued');
    const before = await store.names();
    await store.redis.config('SET', 'maxmemory', '1');
    await expect(store.explanations.create(stored())).rejects.toMatchObject(AWAY);
    await expect(store.explanations.claimIdempotencyKey(OWNER, 'key', 'body', stored().id)).rejects.toMatchObject(AWAY);
    await expect(store.explanations.cancel(OWNER, running)).rejects.toMatchObject(AWAY);
    await expect(store.jobs.finish(running, end())).rejects.toMatchObject(AWAY);
    await expect(store.jobs.progress(running, '{"done":5}')).rejects.toMatchObject(AWAY);
    expect(await store.names()).toEqual(before);
    expect(await store.explanations.read(OWNER, running)).toMatchObject({ status: 'in_progress', progress: 'null', revision: 1 });
    expect(await store.explanations.erase(OWNER, queued)).toBe(true);
    await store.redis.config('SET', 'maxmemory', '0');
    expect(await store.jobs.finish(running, end())).toBe(true);
  });

  it('as a replica: writes fail, and work again once it is a primary', async () => {
    const id = await bring(store, 'in_progress');
    await store.workerRedis.call('REPLICAOF', '127.0.0.1', '1');
    await expect(store.explanations.cancel(OWNER, id)).rejects.toMatchObject(AWAY);
    await store.workerRedis.call('REPLICAOF', 'NO', 'ONE');
    // the refused write made the connection come anew: behind the same name there may be another primary by now
    await until(async () => (await store.explanations.cancel(OWNER, id).catch(() => null))?.status === 'cancelling');
  });
});

it('an error that is ours stays an error, and never holds what was sent', async () => {
  const id = await bring(store, 'queued');
  await store.redis.set(store.keys.job(id), 'not a hash');
  const secret = stored({ id, request: '{"call":{"prompt":"the secret"}}' });
  await store.redis.del(store.keys.queued);
  await store.redis.set(store.keys.queued, 'not a set');
  for (const go of [() => store.explanations.create({ ...secret, id: stored().id }), () => store.explanations.read(OWNER, id)]) {
    const error: unknown = await go().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(ProblemError);
    expect((error as Error).message).toContain('WRONGTYPE');
    expect(Object.keys(error as Error)).not.toContain('command');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('the secret');
  }
});
