import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClaims } from '../../src/store/claims.ts';
import { createFindings } from '../../src/store/findings.ts';
import { LIFE } from '../../src/store/keys.ts';
import { createPace } from '../../src/store/pace.ts';
import { createProbes } from '../../src/store/probes.ts';
import { createSharedLimits } from '../../src/store/shared-limits.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, openStore, OWNER, scan, type Store, stored, TTL_SECONDS } from './store-kit.ts';

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

it('every key has the prefix, and every key but the queue\'s own a life', async () => {
  const open = new Set<string>();
  for (const status of ['queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled'] as const) {
    const fresh = stored();
    await store.explanations.claimIdempotencyKey(OWNER, `key of ${status}`, 'body', fresh.id);
    const id = await bring(store, status, fresh);
    await store.cache.set(`of ${status}`, { kind: 'weighed', logprobs: Float64Array.of(-1) });
    await store.jobs.ownCacheKeys(id, [`of ${status}`]);
    if (['queued', 'in_progress', 'cancelling'].includes(status)) open.add(id);
  }
  await store.explanations.claimIdempotencyKey(OWNER, 'claimed', 'body', stored().id);
  await store.health.beat('worker');
  await createPace(store.redis, store.keys.prefix).learn('e', 'm', 1, 1);
  await createFindings(store.redis, store.keys).set('e', 'm', '{}', 60);
  const claims = createClaims(store.redis, store.keys);
  await claims.take(['of one']);
  const limits = createSharedLimits(store.redis, store.keys);
  await limits.admit('e', { requestsPerMinute: 1, tokensPerMinute: 1 }, 1);
  await limits.pause('e', 60_000);
  const probes = createProbes(store.redis, store.keys);
  await probes.ask('e', 'm', 0, AbortSignal.abort());
  await store.take();
  await store.explanations.waitForEnd(OWNER, 'latest', 1, new AbortController().signal);

  await Promise.all([claims.close(), probes.close()]);
  const names = await scan(store.workerRedis, '*');
  expect(names.filter((name) => !name.startsWith(`${store.keys.prefix}:`))).toEqual([]);
  const ours = names.filter((name) => !/^:(explanations|probes):/.test(name.slice(store.keys.prefix.length)));
  const kinds = new Set(ours.map((name) => name.slice(store.keys.prefix.length + 1).split(':')[0]));
  const all = 'asking claim evaluations events finding idempotency index job minute outcome owned pace pause queued result running workers';
  expect(kinds).toEqual(new Set(all.split(' ')));
  for (const name of ours) {
    const ttl = await store.redis.ttl(name);
    const [, kind, id] = name.split(':');
    expect(ttl, name).toBeGreaterThan(0);
    const ends = kind === 'result' || kind === 'evaluations' || (['job', 'owned', 'events'].includes(kind ?? '') && !open.has(id ?? ''));
    if (ends) expect(ttl, name).toBeLessThanOrEqual(TTL_SECONDS);
    if (kind === 'job' && open.has(id ?? '')) expect(ttl, name).toBeGreaterThan(LIFE.open - 60);
    // a list must outlive what it lists
    if (kind === 'index' || kind === 'queued' || kind === 'running') expect(ttl, name).toBeGreaterThan(LIFE.open);
  }
});

it('expires_at is when the job goes', async () => {
  const id = await bring(store, 'completed');
  const ends = Date.parse((await store.explanations.read(OWNER, id))?.expiresAt ?? '');
  const now = Date.now();
  const left = await store.redis.pttl(store.keys.job(id));
  expect(Math.abs(now + left - ends)).toBeLessThan(5_000);
});
