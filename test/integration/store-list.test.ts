import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page, Status, Stored } from '../../src/service/ports.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, openStore, type Store } from './store-kit.ts';

let server: TestRedis;
let store: Store;
/** Ids by owner, newest first; every third is completed, and stretches of eight share a millisecond. */
const expected: Record<string, { id: string; status: Status }[]> = { ann: [], ben: [] };
const START = Date.parse('2026-11-23T08:00:00.000Z');

beforeAll(async () => {
  server = await startTestRedis();
  store = await openStore(server.url);
  const turns = Array.from({ length: 250 }, (_, turn) => turn);
  const made = await Promise.all(
    turns.map(async (turn) => {
      const owner = turn % 5 === 0 ? 'ben' : 'ann';
      const status = turn % 3 === 0 ? 'completed' : 'queued';
      const ms = START + Math.floor(turn / 8);
      return { owner, status, ms, id: await bring(store, status, { owner, createdAt: new Date(ms).toISOString() }) } as const;
    }),
  );
  made.sort((a, b) => b.ms - a.ms || (a.id < b.id ? 1 : -1));
  for (const { owner, id, status } of made) expected[owner]?.push({ id, status });
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

async function all(owner: string, limit: number, status: Status | null): Promise<Page[]> {
  const pages: Page[] = [];
  let after: Page['next'] = null;
  do {
    const page: Page = await store.explanations.list(owner, { limit, status, after });
    pages.push(page);
    after = page.next;
  } while (after);
  return pages;
}

const ids = (pages: readonly Page[]) => pages.flatMap((page) => page.items.map((item: Stored) => item.id));

describe('250 explanations of two owners', () => {
  it.each([1, 7, 50, 100])('come newest first in pages of %i, each once', async (limit) => {
    for (const owner of ['ann', 'ben']) {
      const mine = expected[owner] ?? [];
      const pages = await all(owner, limit, null);
      expect(ids(pages)).toEqual(mine.map(({ id }) => id));
      expect(pages).toHaveLength(Math.ceil(mine.length / limit));
      for (const page of pages.slice(0, -1)) expect(page.items).toHaveLength(limit);
      for (const item of pages.flatMap((page) => page.items)) expect(item.owner).toBe(owner);
    }
  });

  it.each([1, 9, 100])('are filtered by status in pages of %i', async (limit) => {
    for (const owner of ['ann', 'ben']) {
      for (const status of ['queued', 'completed'] as const) {
        const mine = (expected[owner] ?? []).filter((one) => one.status === status);
        const pages = await all(owner, limit, status);
        expect(ids(pages)).toEqual(mine.map(({ id }) => id));
        expect(pages).toHaveLength(Math.ceil(mine.length / limit));
      }
    }
  });

  it('are none for a status or an owner without any', async () => {
    expect(await all('ann', 10, 'failed')).toEqual([{ items: [], next: null }]);
    expect(await all('eve', 10, null)).toEqual([{ items: [], next: null }]);
  });

  it('come with their results', async () => {
    const page = await store.explanations.list('ann', { limit: 1, status: 'completed', after: null });
    expect(page.items[0]).toEqual(await store.explanations.read('ann', page.items[0]?.id ?? ''));
    expect(page.items[0]?.result).toContain('Paris');
  });

  it('go on after a place that is no longer there', async () => {
    const mine = expected['ben'] ?? [];
    const first = await store.explanations.list('ben', { limit: 10, status: null, after: null });
    await store.explanations.erase('ben', mine[9]?.id ?? '');
    await store.explanations.erase('ben', mine[12]?.id ?? '');
    const second = await store.explanations.list('ben', { limit: 3, status: null, after: first.next });
    expect(second.items.map(({ id }) => id)).toEqual([mine[10]?.id, mine[11]?.id, mine[13]?.id]);
  });

  it('leave the index when they have expired', async () => {
    const mine = expected['ann'] ?? [];
    const gone = mine.filter((_, turn) => turn % 2 === 0).map(({ id }) => id);
    await store.redis.unlink(gone.map(store.keys.job));
    expect(ids(await all('ann', 40, null))).toEqual(mine.filter((_, turn) => turn % 2 === 1).map(({ id }) => id));
    expect(await store.redis.zcard(store.keys.index('ann'))).toBe(mine.length - gone.length);
  });
});

it('a page of large bodies ends early and says where to go on', async () => {
  const request = JSON.stringify({ call: { prompt: 'x'.repeat(1_000_000) } });
  const times = Array.from({ length: 15 }, (_, turn) => new Date(START + turn).toISOString());
  const made = await Promise.all(times.map((createdAt) => bring(store, 'queued', { owner: 'large', request, createdAt })));
  const pages = await all('large', 100, null);
  expect(ids(pages)).toEqual(made.toReversed());
  expect(pages.map((page) => page.items.length)).toEqual([8, 7]);
});
