import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LIFE } from '../../src/store/keys.ts';
import { createPace } from '../../src/store/pace.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, openStore, type Store } from './store-kit.ts';

let server: TestRedis;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  store = await openStore(server.url);
  onTestFinished(() => store.close());
});

describe('health', () => {
  it('counts the workers that were seen lately', async () => {
    expect(await store.health.workers()).toBe(0);
    for (const worker of ['a', 'b', 'a']) await store.health.beat(worker);
    expect(await store.health.workers()).toBe(2);
    await store.health.leave('b');
    expect(await store.health.workers()).toBe(1);
    // as if its last beat were longer ago than a worker may be silent
    await store.redis.zincrby(store.keys.workers, -(LIFE.worker + 1) * 1000, 'a');
    expect(await store.health.workers()).toBe(0);
    await store.health.beat('c');
    expect(await store.redis.zrange(store.keys.workers, '0', '-1')).toEqual(['c']);
    expect(await store.redis.ttl(store.keys.workers)).toBeGreaterThan(LIFE.worker);
  });

  it('tells how deep the queue is', async () => {
    expect(await store.health.queueDepth()).toEqual({ waiting: 0, active: 0, delayed: 0, prioritized: 0 });
    for (let turn = 0; turn < 3; turn++) await bring(store, 'queued');
    await store.take();
    expect(await store.health.queueDepth()).toEqual({ waiting: 2, active: 1, delayed: 0, prioritized: 0 });
  });

  it('tells how long the oldest has been queued', async () => {
    expect(await store.health.oldestQueuedSeconds()).toBeNull();
    const ago = (seconds: number) => ({ createdAt: new Date(Date.now() - seconds * 1000).toISOString() });
    const oldest = await bring(store, 'queued', ago(500));
    await bring(store, 'queued', ago(100));
    await bring(store, 'in_progress', ago(900));
    expect(await store.health.oldestQueuedSeconds()).toBeGreaterThanOrEqual(500);
    await store.jobs.start(oldest);
    expect(await store.health.oldestQueuedSeconds()).toBeLessThan(500);
  });

  it('answers a ping', async () => {
    expect(await store.health.ping()).toBe(true);
  });
});

describe('pace', () => {
  it('is a running mean per endpoint and model', async () => {
    const pace = createPace(store.redis, store.keys);
    expect(await pace.secondsPerCall('e', 'm')).toBeNull();
    await pace.learn('e', 'm', 10, 20);
    expect(await pace.secondsPerCall('e', 'm')).toBe(2);
    await pace.learn('e', 'm', 10, 40);
    expect(await pace.secondsPerCall('e', 'm')).toBeCloseTo(2.6, 12);
    await pace.learn('e', 'm', 0, 40);
    expect(await pace.secondsPerCall('e', 'm')).toBeCloseTo(2.6, 12);
    expect(await pace.secondsPerCall('e', 'other')).toBeNull();
  });
});
