import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/service/ports.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, end, openStore, OWNER, type Store, stored, until } from './store-kit.ts';

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

async function collect(id: string, after: string | null = null, signal = new AbortController().signal, owner = OWNER): Promise<JobEvent[]> {
  const found: JobEvent[] = [];
  for await (const event of store.explanations.events(owner, id, after, signal)) found.push(event);
  return found;
}

const listening = (at: Store) => until(async () => ((await at.workerRedis.pubsub('NUMSUB', at.keys.told)) as [string, number])[1] > 0);
const PROVISIONAL = '{"attributions":[{"target":0,"scores":[1,null]}]}';

describe('events of an explanation', () => {
  it('are those of its life, in order, for one who came late', async () => {
    const id = await bring(store, 'in_progress');
    await store.jobs.progress(id, '{"done":1}');
    await store.jobs.progress(id, '{"done":1}');
    await store.jobs.progress(id, '{"done":2}', PROVISIONAL);
    await store.jobs.finish(id, end());
    const events = await collect(id);
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['status', '{"status":"queued"}'],
      ['status', '{"status":"in_progress"}'],
      ['progress', '{"done":1}'],
      ['progress', '{"done":2}'],
      ['attributions', PROVISIONAL],
      ['completed', '{"status":"completed"}'],
    ]);
    for (const [at, { id: seen }] of events.entries()) expect(await collect(id, seen)).toEqual(events.slice(at + 1));
  });

  it.each(['completed', 'failed', 'cancelled'] as const)('come as they happen, up to %s', async (status) => {
    const id = await bring(store, 'queued');
    const following = collect(id);
    await listening(store);
    await store.jobs.start(id);
    await store.jobs.progress(id, '{"done":1}');
    if (status === 'cancelled') await store.explanations.cancel(OWNER, id);
    await store.jobs.finish(id, end({ status }));
    const types = (await following).map(({ type }) => type);
    expect(types).toEqual(['status', 'status', 'progress', ...(status === 'cancelled' ? ['status'] : []), status]);
  });

  it('end for a job that is cancelled while it waits, and for one that is erased', async () => {
    const queued = await bring(store, 'queued');
    const first = collect(queued);
    await store.explanations.cancel(OWNER, queued);
    expect((await first).at(-1)?.type).toBe('cancelled');
    const running = await bring(store, 'in_progress');
    const second = collect(running);
    await listening(store);
    await store.explanations.erase(OWNER, running);
    expect((await second).every(({ type }) => type === 'status')).toBe(true);
    expect(await store.redis.exists(store.keys.events(running))).toBe(0);
  });

  it('are nobody else\'s, and none of a job that is not there', async () => {
    const id = await bring(store, 'in_progress');
    expect(await collect(stored().id)).toEqual([]);
    const gone = new AbortController();
    const theirs = collect(id, null, gone.signal, 'eve');
    expect(await theirs).toEqual([]);
  });

  it('stop when the follower goes away', async () => {
    const id = await bring(store, 'in_progress');
    const gone = new AbortController();
    const following = collect(id, null, gone.signal);
    await listening(store);
    gone.abort();
    expect((await following).length).toBeLessThanOrEqual(2);
  });

  it('are bounded, oldest first, and live as long as the job', async () => {
    const id = await bring(store, 'in_progress');
    for (let done = 0; done < 1_000; done += 1) await store.jobs.progress(id, `{"done":${done}}`);
    expect(await store.redis.xlen(store.keys.events(id))).toBeLessThan(500);
    await store.jobs.finish(id, end());
    const events = await collect(id);
    expect(events.at(-2)?.data).toBe('{"done":999}');
    expect(await store.redis.ttl(store.keys.events(id))).toBe(await store.redis.ttl(store.keys.job(id)));
  });

  it('outlive a restart of Redis under the follower', async () => {
    const id = await bring(store, 'in_progress');
    const following = collect(id);
    await listening(store);
    await store.jobs.progress(id, '{"done":1}');
    await store.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await store.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub', 'SKIPME', 'yes');
    await until(async () => (await store.jobs.progress(id, '{"done":2}').catch(() => null)) !== null);
    await until(() => store.jobs.finish(id, end()).catch(() => false));
    expect((await following).map(({ type }) => type)).toEqual(['status', 'status', 'progress', 'progress', 'completed']);
  });
});
