import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf } from '../../src/api/document.ts';
import { type Status, TERMINAL } from '../../src/service/ports.ts';
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

const ALL: readonly Status[] = ['queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled'];
const ENDS = ['completed', 'failed', 'cancelled'] as const;

async function state(id: string) {
  const now = await store.explanations.read(OWNER, id);
  if (!now) throw new Error('it is gone');
  return now;
}

describe('a new explanation', () => {
  it('is read as it was stored, by its owner and the worker only', async () => {
    const fresh = stored();
    await store.explanations.create(fresh);
    expect(await store.explanations.read(OWNER, fresh.id)).toEqual(fresh);
    expect(await store.jobs.load(fresh.id)).toEqual(fresh);
    expect(await store.explanations.read('eve', fresh.id)).toBeNull();
    expect(await store.explanations.read(OWNER, stored().id)).toBeNull();
    expect(await store.jobs.load(stored().id)).toBeNull();
  });

  it.each(ALL)('is shown when %s as what is read, to the byte, and to its owner only', async (status) => {
    const id = await bring(store, status);
    const shown = await store.explanations.show(OWNER, id);
    const read = await state(id);
    expect(shown).toMatchObject({ id, status: read.status, revision: read.revision });
    expect(shown?.text).toBe(documentOf(read));
    expect(await store.explanations.show('eve', id)).toBeNull();
  });

  it('is shown with whatever its texts hold', async () => {
    const odd = { metadata: JSON.stringify({ 'Ünï “quoted” \\ \u2028 🙂': '%d ${x} null' }), estimate: '{"calls":3}', batch: '{"id":"bat_1","index":0}', webhook: '{"url":"https://x"}' };
    const one = stored({ owner: 'odd', ...odd });
    await store.explanations.create(one);
    await store.redis.hset(store.keys.job(one.id), 'error', '{"detail":"é"}');
    const shown = await store.explanations.show('odd', 'latest');
    expect(shown?.text).toBe(documentOf({ ...one, error: '{"detail":"é"}' }));
  });

  it('is not shown once it is gone, nor without the result that it had', async () => {
    expect(await store.explanations.show(OWNER, stored().id)).toBeNull();
    expect(await store.explanations.show('nobody', 'latest')).toBeNull();
    const id = await bring(store, 'completed');
    await store.redis.del(store.keys.result(id));
    expect(await store.explanations.read(OWNER, id)).toBeNull();
    expect(await store.explanations.show(OWNER, id)).toBeNull();
  });

  it('is the latest of its owner alone', async () => {
    const first = stored({ owner: 'latest-1', createdAt: '2026-01-01T00:00:00.000Z' });
    const second = stored({ owner: 'latest-1', createdAt: '2026-01-01T00:00:01.000Z' });
    for (const one of [second, first]) await store.explanations.create(one);
    expect((await store.explanations.read('latest-1', 'latest'))?.id).toBe(second.id);
    expect(await store.explanations.read('latest-2', 'latest')).toBeNull();
    await store.explanations.erase('latest-1', 'latest');
    expect((await store.explanations.read('latest-1', 'latest'))?.id).toBe(first.id);
    expect(await store.explanations.cancel('latest-1', 'latest')).toMatchObject({ id: first.id, status: 'cancelled' });
  });
});

describe('start', () => {
  it.each(ALL)('from %s', async (from) => {
    const id = await bring(store, from);
    const before = await state(id);
    expect(await store.jobs.start(id)).toBe(from === 'queued' ? 'in_progress' : from);
    const now = await state(id);
    if (from === 'queued') {
      expect(now).toMatchObject({ status: 'in_progress', revision: before.revision + 1 });
      expect(Date.parse(now.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(now.createdAt));
    } else expect(now).toEqual(before);
  });

  it('of a job that is gone starts nothing', async () => {
    const { id } = stored();
    expect(await store.jobs.start(id)).toBeNull();
    expect(await store.redis.exists(store.keys.job(id))).toBe(0);
  });
});

describe('progress', () => {
  it.each(ALL)('at %s', async (from) => {
    const id = await bring(store, from);
    const before = await state(id);
    const said = '{"phase":"evaluating","done":1,"planned":9}';
    // a failover can lose the start of a running job; a worker that reports has started
    expect(await store.jobs.progress(id, said)).toBe(from === 'queued' ? 'in_progress' : from);
    const now = await state(id);
    if (TERMINAL.has(from)) expect(now).toEqual(before);
    else if (from !== 'queued') expect(now).toEqual({ ...before, progress: said, revision: before.revision + 1 });
  });

  it('that says nothing new makes no revision', async () => {
    const id = await bring(store, 'in_progress');
    await store.jobs.progress(id, '{"done":1}');
    const { revision } = await state(id);
    await store.jobs.progress(id, '{"done":1}');
    expect((await state(id)).revision).toBe(revision);
    await store.jobs.progress(id, '{"done":2}');
    expect((await state(id)).revision).toBe(revision + 1);
  });

  it('of a job that is gone writes nothing', async () => {
    const { id } = stored();
    expect(await store.jobs.progress(id, '{}')).toBeNull();
    expect(await store.redis.exists(store.keys.job(id))).toBe(0);
  });
});

describe('finish', () => {
  for (const from of ALL) {
    it.each(ENDS)(`from ${from} as %s`, async (to) => {
      const id = await bring(store, from);
      const before = await state(id);
      const ending = end({ status: to, result: `{"to":"${to}"}`, error: to === 'failed' ? '{"code":"internal"}' : 'null' });
      expect(await store.jobs.finish(id, ending)).toBe(!TERMINAL.has(from));
      const now = await state(id);
      if (TERMINAL.has(from)) {
        expect(now).toEqual(before);
        return;
      }
      expect(now).toMatchObject({
        status: from === 'cancelling' && to === 'completed' ? 'cancelled' : to,
        result: ending.result,
        error: ending.error,
        progress: ending.progress,
        revision: before.revision + 1,
      });
      expect(Date.parse(now.expiresAt ?? '') - Date.parse(now.finishedAt ?? '')).toBe(TTL_SECONDS * 1000);
      expect(await store.explanations.readEvaluations(id)).toBe(ending.evaluations);
      expect(await store.redis.zscore(store.keys.queued, id)).toBeNull();
      expect(await store.redis.zscore(store.keys.running, id)).toBeNull();
    });
  }

  it('of a job that is gone writes nothing', async () => {
    const { id } = stored();
    expect(await store.jobs.finish(id, end())).toBe(false);
    expect(await store.redis.exists(store.keys.job(id), store.keys.result(id), store.keys.evaluations(id))).toBe(0);
  });

  it('keeps the last progress where it is told none, and has no result where there is none', async () => {
    const id = await bring(store, 'in_progress');
    await store.jobs.progress(id, '{"done":1}');
    await store.jobs.finish(id, end({ status: 'failed', result: 'null', evaluations: null, progress: 'null' }));
    expect(await state(id)).toMatchObject({ status: 'failed', progress: '{"done":1}', result: 'null' });
    expect(await store.explanations.readEvaluations(id)).toBeNull();
  });

  it('happens once however many try', async () => {
    const id = await bring(store, 'in_progress');
    const ends = Array.from({ length: 12 }, (_, turn) => end({ status: turn % 2 === 0 ? 'completed' : 'failed', result: `{"turn":${turn}}` }));
    const won = (await Promise.all(ends.map((one) => store.jobs.finish(id, one)))).flatMap((ended, turn) => (ended ? [turn] : []));
    expect(won).toHaveLength(1);
    expect((await state(id)).result).toBe(`{"turn":${won[0]}}`);
  });

  it('keeps long evaluations whole', async () => {
    const id = await bring(store, 'in_progress');
    const evaluations = JSON.stringify(Array.from({ length: 5_000 }, (_, place) => `ünit ${place} 🎈`));
    await store.jobs.finish(id, end({ evaluations }));
    expect(await store.explanations.readEvaluations(id)).toBe(evaluations);
    expect(await store.redis.strlen(store.keys.evaluations(id))).toBeLessThan(evaluations.length / 2);
  });
});

describe('cancel', () => {
  const after: Partial<Record<Status, Status>> = { queued: 'cancelled', in_progress: 'cancelling' };

  it.each(ALL)('from %s', async (from) => {
    const id = await bring(store, from);
    const before = await state(id);
    const now = await store.explanations.cancel(OWNER, id);
    expect(now?.status).toBe(after[from] ?? from);
    expect(now).toEqual(await state(id));
    if (!(from in after)) expect(now).toEqual(before);
    if (from === 'queued') {
      expect(Date.parse(now?.expiresAt ?? '') - Date.parse(now?.finishedAt ?? '')).toBe(TTL_SECONDS * 1000);
      expect(await store.queue.getJob(id)).toBeUndefined();
    }
  });

  it('leaves an explanation to the worker that has just taken it', async () => {
    const own = await openStore(server.url);
    const id = await bring(own, 'queued');
    expect((await own.take())?.id).toBe(id);
    expect(await own.explanations.cancel(OWNER, id)).toMatchObject({ status: 'cancelling', finishedAt: null });
    expect(await own.jobs.start(id)).toBe('cancelling');
    expect(await own.jobs.finish(id, end({ status: 'cancelled', result: 'null', evaluations: null }))).toBe(true);
    expect(await own.explanations.read(OWNER, id)).toMatchObject({ status: 'cancelled', result: 'null' });
    await own.close();
  });

  it('is nothing to anybody else', async () => {
    const id = await bring(store, 'in_progress');
    expect(await store.explanations.cancel('eve', id)).toBeNull();
    expect(await store.explanations.cancel(OWNER, stored().id)).toBeNull();
    expect((await state(id)).status).toBe('in_progress');
  });

  it('and finish at once come to one end', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => bring(store, 'in_progress')));
    const seen = await Promise.all(
      ids.map(async (id, turn) => {
        const tries = [() => store.jobs.finish(id, end()), () => store.explanations.cancel(OWNER, id)];
        if (turn % 2 === 1) tries.reverse();
        await Promise.all(tries.map((go) => go()));
        return state(id);
      }),
    );
    for (const now of seen) {
      expect(['completed', 'cancelled']).toContain(now.status);
      expect(now.result).toBe(end().result);
      expect(now.finishedAt).not.toBeNull();
    }
  });
});
