import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDelivery } from '../../src/contract/webhooks.ts';
import { createOutbox } from '../../src/store/outbox.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, end, openStore, OWNER, type Store, stored, TTL_SECONDS } from './store-kit.ts';

let server: TestRedis;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
  store = await openStore(server.url);
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

const show = (id: string, owner = OWNER) => store.explanations.show(owner, id);
const kept = (id: string) => store.redis.exists(store.keys.shown(id));

/** How often Redis has put documents together. */
async function assembled(): Promise<number> {
  return Number(/cmdstat_hmget:calls=(\d+)/.exec(await store.redis.info('commandstats'))?.[1] ?? 0);
}

describe('what has ended', () => {
  it('is put together once, however often it is asked for, and never for anybody else', async () => {
    const id = await bring(store, 'completed');
    const first = await show(id);
    const before = await assembled();
    for (let time = 0; time < 5; time += 1) expect(await show(id)).toEqual(first);
    expect(await show(id, 'eve')).toBeNull();
    expect(await show(id, '')).toBeNull();
    expect(await assembled()).toBe(before);
    const life = await store.redis.ttl(store.keys.shown(id));
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(60);
  });

  it('is not kept as shown beyond its own life', async () => {
    const id = await bring(store, 'completed');
    await store.redis.expire(store.keys.job(id), 5);
    await show(id);
    expect(await store.redis.ttl(store.keys.shown(id))).toBeLessThanOrEqual(5);
  });

  it('is shown as it is once its webhook is told', async () => {
    const delivery = freshDelivery('https://x.example');
    const id = await bring(store, 'completed', { webhook: JSON.stringify(delivery) });
    const before = await show(id);
    await createOutbox(store.workerRedis, store.keys, TTL_SECONDS).record(id, { ...delivery, attempts: 1 });
    const after = await show(id);
    expect(after?.revision).toBe((before?.revision ?? NaN) + 1);
    expect(after?.text).toContain('"attempts":1');
  });

  it('is shown where nothing can be written', async () => {
    const id = await bring(store, 'completed');
    const bound = await store.redis.config('GET', 'maxmemory');
    await store.redis.config('SET', 'maxmemory', '1');
    try {
      expect((await show(id))?.status).toBe('completed');
      expect(await kept(id)).toBe(0);
    } finally {
      await store.redis.config('SET', 'maxmemory', bound[1] ?? '0');
    }
  });

  it('is put together anew where it is long', async () => {
    const { id } = stored();
    await store.explanations.create(stored({ id }));
    await store.jobs.start(id);
    const result = { completion: 'x'.repeat(70_000) };
    await store.jobs.finish(id, end({ result: JSON.stringify(result) }));
    for (let time = 0; time < 2; time += 1) expect(JSON.parse((await show(id))?.text ?? '')).toMatchObject({ id, result });
    expect(await kept(id)).toBe(0);
  });
});

describe('what has not ended', () => {
  it('is shown with every change', async () => {
    const id = await bring(store, 'in_progress');
    for (const done of [1, 2, 3]) {
      await store.jobs.progress(id, `{"done":${done}}`);
      expect((await show(id))?.text).toContain(`"progress":{"done":${done}}`);
    }
    expect(await kept(id)).toBe(0);
    await store.jobs.finish(id, end());
    expect((await show(id))?.status).toBe('completed');
  });
});

describe('many at once', () => {
  it('get what each asked for', async () => {
    const owners = ['ann', 'bob'];
    const ids = await Promise.all(Array.from({ length: 50 }, (_, at) => bring(store, at % 3 === 0 ? 'queued' : 'completed', { owner: owners[at % 2] ?? '' })));
    await Promise.all(ids.slice(0, 10).map((id, at) => show(id, owners[at % 2])));
    const shown = await Promise.all(ids.map((id, at) => show(id, owners[at % 2])));
    expect(shown.map((document) => document?.id)).toEqual(ids);
    for (const [at, document] of shown.entries()) expect(JSON.parse(document?.text ?? '')).toMatchObject({ id: ids[at], status: at % 3 === 0 ? 'queued' : 'completed' });
    const strangers = await Promise.all(ids.map((id, at) => show(id, owners[(at + 1) % 2])));
    expect(strangers).toEqual(ids.map(() => null));
  });

  it('do not suffer from one that is broken', async () => {
    const [good, bad] = await Promise.all([bring(store, 'completed'), bring(store, 'completed')]);
    await store.redis.del(store.keys.result(bad));
    await store.redis.hset(store.keys.result(bad), 'not', 'a text');
    const [first, second] = await Promise.allSettled([show(good), show(bad)]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { id: good } });
    expect(second).toMatchObject({ status: 'rejected' });
    expect((await show(good))?.id).toBe(good);
  });
});
