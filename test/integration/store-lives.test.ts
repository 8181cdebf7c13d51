import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClaims } from '../../src/store/claims.ts';
import { createFindings } from '../../src/store/findings.ts';
import { LIFE } from '../../src/store/keys.ts';
import { createPace } from '../../src/store/pace.ts';
import { createProbes } from '../../src/store/probes.ts';
import { createSharedLimits } from '../../src/store/shared-limits.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { createOutbox } from '../../src/store/outbox.ts';
import { createSigning } from '../../src/store/signing.ts';
import { freshDelivery } from '../../src/contract/webhooks.ts';
import { batch, bring, openStore, OWNER, scan, type Store, stored, TTL_SECONDS } from './store-kit.ts';

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
  await createPace(store.redis, store.keys).learn('e', 'm', 1, 1);
  await createFindings(store.redis, store.keys).set('e', 'm', '{}', 60);
  const claims = createClaims(store.redis, store.keys);
  await claims.take(['of one']);
  const limits = createSharedLimits(store.redis, store.keys);
  await limits.admit('e', { requestsPerMinute: 1, tokensPerMinute: 1 }, 1);
  await limits.pause('e', 60_000);
  const webhook = JSON.stringify(freshDelivery('https://example.org/'));
  await bring(store, 'completed', { webhook });
  const ofBatch = stored();
  open.add(ofBatch.id);
  await store.batches.create(batch(), [{ stored: ofBatch, secret: null }], null);
  const outbox = createOutbox(store.workerRedis, store.keys, TTL_SECONDS);
  await outbox.setGone(OWNER, 'https://example.org/');
  const signing = createSigning(store.redis, store.keys, { current: null });
  await signing.secrets(OWNER);
  await signing.rotate(OWNER);
  const probes = createProbes(store.redis, store.keys);
  await probes.ask('e', 'm', 0, AbortSignal.abort());
  await store.take();
  await store.explanations.waitForEnd(OWNER, 'latest', 1, new AbortController().signal);

  await Promise.all([claims.close(), probes.close()]);
  const names = await scan(store.workerRedis, '*');
  expect(names.filter((name) => !name.startsWith(`${store.keys.prefix}:`))).toEqual([]);
  const ours = names.filter((name) => !/^:(explanations|probes|webhooks):/.test(name.slice(store.keys.prefix.length)));
  const kinds = new Set(ours.map((name) => name.slice(store.keys.prefix.length + 1).split(':')[0]));
  const all = 'asking batch batch-jobs batches claim evaluations events finding gone idempotency index job minute open outcome owned pace pause queued result rotation running signing undelivered workers';
  expect(kinds).toEqual(new Set(all.split(' ')));
  for (const name of ours) {
    const ttl = await store.redis.ttl(name);
    const [, kind, id] = name.split(':');
    // what has been rotated must not come back
    if (kind === 'signing' || kind === 'rotation') {
      expect(ttl, name).toBe(-1);
      continue;
    }
    expect(ttl, name).toBeGreaterThan(0);
    const ends = kind === 'result' || kind === 'evaluations' || (['job', 'owned', 'events'].includes(kind ?? '') && !open.has(id ?? ''));
    if (ends) expect(ttl, name).toBeLessThanOrEqual(TTL_SECONDS);
    if (kind === 'job' && open.has(id ?? '')) expect(ttl, name).toBeGreaterThan(LIFE.open - 60);
    // a list must outlive what it lists
    if (['index', 'queued', 'running', 'open', 'batches', 'undelivered'].includes(kind ?? '')) expect(ttl, name).toBeGreaterThan(LIFE.open);
  }
});

it('expires_at is when the job goes', async () => {
  const id = await bring(store, 'completed');
  const ends = Date.parse((await store.explanations.read(OWNER, id))?.expiresAt ?? '');
  const now = Date.now();
  const left = await store.redis.pttl(store.keys.job(id));
  expect(Math.abs(now + left - ends)).toBeLessThan(5_000);
});
