import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LIFE } from '../../src/store/keys.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { bring, end, openStore, OWNER, type Store, stored, TTL_SECONDS } from './store-kit.ts';

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

const claim = (id: string, body = 'body', key = 'key', owner = OWNER) =>
  store.explanations.claimIdempotencyKey(owner, key, body, id);

describe('an Idempotency-Key', () => {
  it('has one winner among twenty, and the others are told of an explanation that can be read', async () => {
    const tries = Array.from({ length: 20 }, () => stored());
    const told = await Promise.all(
      tries.map(async (fresh) => {
        const bound = await claim(fresh.id);
        if (!bound) await store.explanations.create(fresh);
        return { fresh, bound, read: bound ? await store.explanations.read(OWNER, bound.id) : null };
      }),
    );
    const winners = told.filter(({ bound }) => bound === null);
    expect(winners).toHaveLength(1);
    const winner = winners[0]?.fresh;
    for (const { bound, read } of told) {
      if (!bound) continue;
      expect(bound).toEqual({ id: winner?.id, bodyHash: 'body' });
      expect(read).toEqual(winner);
    }
    expect((await store.explanations.list(OWNER, { limit: 100, status: null, after: null })).items).toHaveLength(1);
  });

  it('belongs to its owner and is bound to one body', async () => {
    const fresh = stored();
    expect(await claim(fresh.id)).toBeNull();
    expect(await claim(fresh.id)).toBeNull();
    await store.explanations.create(fresh);
    expect(await claim(stored().id, 'another body')).toEqual({ id: fresh.id, bodyHash: 'body' });
    expect(await claim(stored().id, 'body', 'another key')).toBeNull();
    expect(await claim(stored().id, 'body', 'key', 'ben')).toBeNull();
  });

  it('may hold anything, and keeps it out of the key names', async () => {
    const strange = ['', ' ', '{other}', 'a:b', '\u0000', '🎈', 'x'.repeat(10_000)];
    for (const key of strange) expect(await claim(stored().id, 'body', key)).toBeNull();
    for (const key of strange) expect(await claim(stored().id, 'other', key)).not.toBeNull();
    const names = (await store.names()).filter((name) => name.includes(':idempotency:'));
    expect(names).toHaveLength(strange.length);
    for (const name of names) expect(name.slice(store.keys.prefix.length)).toMatch(/^:idempotency:[\w-]{43}$/);
    // owner and key are told apart: ("ab", "c") is not ("a", "bc")
    expect(store.keys.binding('ab', 'c')).not.toBe(store.keys.binding('a', 'bc'));
  });

  it('that was released is free; one whose explanation stands is not released', async () => {
    const failed = stored();
    await claim(failed.id);
    await store.explanations.releaseIdempotencyKey(OWNER, 'key');
    expect((await store.names()).filter((name) => name.includes(':idempotency:') || name.includes(':claim:'))).toEqual([]);
    const fresh = stored();
    expect(await claim(fresh.id)).toBeNull();
    await store.explanations.create(fresh);
    await store.explanations.releaseIdempotencyKey(OWNER, 'key');
    expect(await claim(stored().id)).toEqual({ id: fresh.id, bodyHash: 'body' });
    await store.explanations.releaseIdempotencyKey(OWNER, 'never claimed');
  });

  it('goes to the next in line when storing fails', async () => {
    const [first, second] = [stored(), stored()];
    await claim(first.id);
    const waiting = claim(second.id);
    await store.explanations.releaseIdempotencyKey(OWNER, 'key');
    expect(await waiting).toBeNull();
  });

  it('whose claimer is neither stored nor released is told as it is, and reading says to come back', async () => {
    const first = stored();
    await claim(first.id);
    expect(await claim(stored().id)).toEqual({ id: first.id, bodyHash: 'body' });
    await expect(store.explanations.read(OWNER, first.id)).rejects.toMatchObject({ code: 'storage_unavailable', retryAfter: 1 });
    const ttl = await store.redis.ttl(store.keys.binding(OWNER, 'key'));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(LIFE.claim);
  });

  it('lives as long as its explanation', async () => {
    const ttl = () => store.redis.ttl(store.keys.binding(OWNER, 'key'));
    const fresh = stored();
    await claim(fresh.id);
    await store.explanations.create(fresh);
    expect(await ttl()).toBeGreaterThan(LIFE.open - 60);
    await store.jobs.start(fresh.id);
    await store.jobs.finish(fresh.id, end());
    expect(await ttl()).toBeLessThanOrEqual(TTL_SECONDS);
    expect(await ttl()).toBeGreaterThan(TTL_SECONDS - 60);
    // an explanation that vanished otherwise does not hold its key
    await store.redis.del(store.keys.job(fresh.id));
    expect(await claim(stored().id)).toBeNull();
  });

  it('of a queued explanation that is cancelled lives as long as that', async () => {
    const fresh = stored();
    await claim(fresh.id);
    await bring(store, 'queued', fresh);
    await store.explanations.cancel(OWNER, fresh.id);
    expect(await store.redis.ttl(store.keys.binding(OWNER, 'key'))).toBeLessThanOrEqual(TTL_SECONDS);
    expect(await claim(stored().id)).toEqual({ id: fresh.id, bodyHash: 'body' });
  });
});
