import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/types.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { openStore, type Store, TTL_SECONDS } from './store-kit.ts';

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

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.array(fc.double(), { maxLength: 300 }).map((values) => ({ kind: 'weighed' as const, logprobs: Float64Array.from(values) })),
  fc.record({
    kind: fc.constant('generated' as const),
    completion: fc.record({
      text: fc.string({ unit: 'binary' }),
      toolCalls: fc.array(fc.record({ name: fc.string(), arguments: fc.string({ unit: 'grapheme' }) }), { maxLength: 3 }),
      finishReason: fc.option(fc.string()),
    }),
  }),
);

describe('the outcome cache', () => {
  it('gives back every outcome as it was, in the order asked', async () => {
    const many = fc.dictionary(fc.stringMatching(/^[\w-]{43}$/), outcome, { noNullPrototype: true, maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(many, async (outcomes) => {
        const wanted = Object.entries(outcomes);
        await Promise.all(wanted.map(([key, value]) => store.cache.set(key, value)));
        expect(await store.cache.get(wanted.map(([key]) => key))).toEqual(wanted.map(([, value]) => value));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what JSON cannot say', async () => {
    const logprobs = Float64Array.of(-Infinity, Infinity, NaN, -0, 5e-324, -Number.MAX_VALUE, -1e-17, 0.1 + 0.2);
    await store.cache.set('odd', { kind: 'weighed', logprobs });
    await store.cache.set('empty', { kind: 'weighed', logprobs: new Float64Array() });
    const lone = { kind: 'generated', completion: { text: 'a\ud800b\u0000', toolCalls: [], finishReason: null } } as const;
    await store.cache.set('lone', lone);
    const [odd, empty, generated] = await store.cache.get(['odd', 'empty', 'lone']);
    expect(odd).toStrictEqual({ kind: 'weighed', logprobs });
    expect(empty).toStrictEqual({ kind: 'weighed', logprobs: new Float64Array() });
    expect(generated).toStrictEqual(lone);
  });

  it('holds a megabyte', async () => {
    const long = { kind: 'generated', completion: { text: '🎈'.repeat(250_000), toolCalls: [], finishReason: 'length' } } as const;
    await store.cache.set('long', long);
    expect(await store.cache.get(['long'])).toEqual([long]);
  });

  it('never stores a failure and never takes one as an answer', async () => {
    await store.cache.set('failed', { kind: 'failed', reason: 'http 500' });
    expect(await store.cache.get(['failed'])).toEqual([null]);
    expect(await store.redis.exists(store.keys.outcome('failed'))).toBe(0);
  });

  it('passes over what it cannot read', async () => {
    const bytes = {
      none: '',
      unknown: '\u0009x',
      torn: '\u0001abc',
      text: '\u0002nonsense',
      nothing: '\u0002null',
      shape: '\u0002{"text":1}',
      calls: '\u0002{"text":"","toolCalls":[{}],"finishReason":null}',
      reason: '\u0002{"text":"","toolCalls":[],"finishReason":1}',
    };
    for (const [key, value] of Object.entries(bytes)) await store.redis.set(store.keys.outcome(key), value);
    await store.redis.lpush(store.keys.outcome('list'), 'x');
    const asked = [...Object.keys(bytes), 'list'];
    expect(await store.cache.get(asked)).toEqual(asked.map(() => null));
  });

  it('serves a round of thousands, and erases as many', async () => {
    const wanted = Array.from({ length: 2_345 }, (_, place) => `k${place}`);
    const known = wanted.entries().filter(([place]) => place % 2 === 0);
    await Promise.all(known.map(([place, key]) => store.cache.set(key, { kind: 'weighed', logprobs: Float64Array.of(-place) })));
    const got = await store.cache.get(wanted);
    const values = got.map((one) => (one?.kind === 'weighed' ? one.logprobs[0] : one));
    expect(values).toEqual(wanted.map((_, place) => (place % 2 === 0 ? -place : null)));
    await store.cache.delete(wanted);
    expect((await store.cache.get(wanted)).every((one) => one === null)).toBe(true);
    expect(await store.cache.get([])).toEqual([]);
    await store.cache.delete([]);
  });

  it('forgets after its life', async () => {
    await store.cache.set('life', { kind: 'weighed', logprobs: Float64Array.of(-1) });
    const ttl = await store.redis.ttl(store.keys.outcome('life'));
    expect(ttl).toBeGreaterThan(TTL_SECONDS - 60);
    expect(ttl).toBeLessThanOrEqual(TTL_SECONDS);
  });
});
