import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { closeConnection, connect } from '../../src/store/connections.ts';
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

/** Longer than any test may take: a wait that resolves was not ended by its time. */
const LONG_MS = 3_600_000;
const never = () => new AbortController().signal;

async function commandCalls(name: string): Promise<number> {
  return Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(await store.redis.info('commandstats'))?.[1] ?? 0);
}

const subscribed = async (at: Store) => {
  const [, count] = (await at.workerRedis.pubsub('NUMSUB', at.keys.ended)) as [string, number];
  return count > 0;
};

describe('waitForEnd', () => {
  it.each(['completed', 'failed', 'cancelled'] as const)('ends with a job that becomes %s', async (status) => {
    const id = await bring(store, status === 'cancelled' ? 'cancelling' : 'in_progress');
    const wait = store.explanations.waitForEnd(OWNER, id, LONG_MS, never());
    await store.jobs.finish(id, end({ status }));
    await wait;
    expect(await store.explanations.read(OWNER, id)).toMatchObject({ status });
  });

  it('ends when a queued job is cancelled, and when a job is erased', async () => {
    for (const change of ['cancel', 'erase'] as const) {
      const id = await bring(store, 'queued');
      const wait = store.explanations.waitForEnd(OWNER, id, LONG_MS, never());
      await until(() => subscribed(store));
      await store.explanations[change](OWNER, id);
      await expect(wait).resolves.toBeUndefined();
    }
  });

  it("ends at once for one that has ended, is not there or is somebody else's", async () => {
    const ended = await bring(store, 'completed');
    const open = await bring(store, 'queued', { owner: 'ben' });
    const none = stored().id;
    for (const [owner, id] of [[OWNER, ended], [OWNER, 'latest'], [OWNER, none], ['eve', open], ['eve', 'latest']] as const) {
      await expect(store.explanations.waitForEnd(owner, id, LONG_MS, never()), `${owner} ${id}`).resolves.toBeUndefined();
    }
  });

  it('ends with its time and with its signal, and the job goes on', async () => {
    const id = await bring(store, 'in_progress');
    await store.explanations.waitForEnd(OWNER, id, 30, never());
    await store.explanations.waitForEnd(OWNER, id, 0, never());
    const abort = new AbortController();
    const wait = store.explanations.waitForEnd(OWNER, id, LONG_MS, abort.signal);
    abort.abort();
    await wait;
    await store.explanations.waitForEnd(OWNER, id, LONG_MS, abort.signal);
    expect(await store.explanations.read(OWNER, id)).toMatchObject({ status: 'in_progress' });
  });

  it('of hundreds is one subscription and no polling', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => bring(store, 'in_progress')));
    await store.explanations.waitForEnd(OWNER, ids[0] ?? '', 1, never());
    await until(() => subscribed(store));
    const before = await commandCalls('hmget');
    const waits = Promise.all(ids.map((id) => store.explanations.waitForEnd(OWNER, id, LONG_MS, never())));
    await until(async () => (await commandCalls('hmget')) >= before + ids.length);
    const [, listeners] = (await store.redis.pubsub('NUMSUB', store.keys.ended)) as [string, number];
    expect(listeners).toBe(1);
    const looks = await commandCalls('hmget');
    await sleep(1_200);
    expect(await commandCalls('hmget')).toBe(looks);
    await Promise.all(ids.map((id) => store.jobs.finish(id, end())));
    await waits;
  });

  it('does without the subscription where that is refused', async () => {
    const admin = connect(server.url, 'worker');
    await admin.acl('SETUSER', 'deaf', 'reset', 'on', '>secret', '+@all', '~*');
    await closeConnection(admin);
    const producerUrl = server.url.replace('redis://', 'redis://deaf:secret@');
    const deaf = await openStore(server.url, { prefix: store.keys.prefix, producerUrl });
    onTestFinished(() => deaf.close());
    const id = await bring(store, 'in_progress');
    const wait = deaf.explanations.waitForEnd(OWNER, id, LONG_MS, never());
    await store.jobs.finish(id, end());
    await expect(wait).resolves.toBeUndefined();
  });

  it('hears of an end after its subscription was lost', async () => {
    const own = await openStore(server.url);
    onTestFinished(() => own.close());
    const id = await bring(own, 'in_progress');
    const wait = own.explanations.waitForEnd(OWNER, id, LONG_MS, never());
    await until(() => subscribed(own));
    await own.workerRedis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await own.jobs.finish(id, end());
    await expect(wait).resolves.toBeUndefined();
    const next = await bring(own, 'in_progress');
    const again = own.explanations.waitForEnd(OWNER, next, LONG_MS, never());
    await until(() => subscribed(own));
    await own.jobs.finish(next, end());
    await expect(again).resolves.toBeUndefined();
  });

  it('ends for a store that is closed, by its time', async () => {
    const own = await openStore(server.url);
    onTestFinished(() => own.close());
    const id = await bring(own, 'in_progress');
    own.explanations.close();
    await expect(own.explanations.waitForEnd(OWNER, id, 20, never())).resolves.toBeUndefined();
  });
});
