import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { Flights } from '../../src/service/flights.ts';
import { createClaims } from '../../src/store/claims.ts';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { createKeys } from '../../src/store/keys.ts';
import { never } from '../helpers/endpoint-kit.ts';
import { startModelServer, type ModelServer } from '../helpers/model-server.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { explainAndWait, startStack, type StackOptions } from '../helpers/stack.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const TEXT = 'Lars lives in Vilnius. Nina lives in Porto. Ben lives in Rome. Ida lives in Oslo. Where does Lars live?';
const weighed = { call: { model: 'm', prompt: TEXT }, method: { id: 'leave-one-out' } };
const compared = { call: { model: 'm', messages: [{ role: 'user', content: TEXT }] }, scorer: { id: 'chrf' }, method: { id: 'leave-one-out' } };

async function stackWith(options: StackOptions): Promise<{ model: ModelServer; run: (body: object, owner?: string) => ReturnType<typeof explainAndWait> }> {
  const model = await startModelServer({ latencyMs: 20 });
  const stack = await startStack({ endpoints: [{ name: 'fake', baseUrl: model.url, models: ['m'], maxBatch: 1 }], ...options });
  closing.push(() => model.close(), () => stack.close());
  return { model, run: (body) => explainAndWait(stack.app, body) };
}

describe.each([
  ['in one worker', { workers: 1, concurrency: 4 }],
  ['in two workers', { workers: 2, concurrency: 1 }],
])('two equal jobs at once, %s', (_, options) => {
  it.each([
    ['that weigh', weighed],
    ['that compare answers', compared],
  ])('%s ask as often as one of them, and again not at all', async (_kind, body) => {
    const alone = await stackWith(options);
    const single = (await alone.run(body)).body.result;
    const needed = alone.model.evaluationCount();

    const { model, run } = await stackWith(options);
    const both = await Promise.all([run(body), run(body)]);
    expect(both.map(({ body: { status } }) => status)).toEqual(['completed', 'completed']);
    expect(model.evaluationCount()).toBe(needed);
    expect(both[0]?.body.result?.attributions).toEqual(both[1]?.body.result?.attributions);
    const [one, two] = both.map(({ body: { result } }) => result);
    // what one was asked for the other found in the cache
    expect(single?.usage.calls).toBeGreaterThan(5);
    expect((one?.usage.calls ?? 0) + (two?.usage.calls ?? 0)).toBe(single?.usage.calls);
    expect((one?.evaluations.asked ?? 0) + (two?.evaluations.asked ?? 0)).toBe(single?.evaluations.asked);
    expect(one?.evaluations.distinct).toBe(two?.evaluations.distinct);
    for (const result of [one, two]) expect((result?.evaluations.asked ?? 0) + (result?.evaluations.cached ?? 0)).toBe(result?.evaluations.distinct);

    const again = await run(body);
    expect(again.body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    expect(model.evaluationCount()).toBe(needed);
  });
});

describe('claims', () => {
  const keys = createKeys('{test}');
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    redis = connect(server.url, 'producer');
    while (redis.status !== 'ready') await new Promise((resolve) => setTimeout(resolve, 5));
  });
  afterAll(async () => {
    await closeConnection(redis);
    await server.stop();
  });

  it('are one process’s at a time, and end by its own release alone', async () => {
    const [a, b] = [createClaims(redis, keys), createClaims(redis, keys)];
    closing.push(() => a.close(), () => b.close());
    expect(await a.take(['x', 'y'])).toEqual([true, true]);
    expect(await b.take(['y', 'z'])).toEqual([false, true]);
    await b.release(['y', 'z']);
    expect(await b.take(['y'])).toEqual([false]);
    await a.release(['y', 'x']);
    expect(await b.take(['x', 'y'])).toEqual([true, true]);
    await b.release(['x', 'y']);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('are everybody’s while Redis is away', async () => {
    const away = connect('redis://127.0.0.1:1', 'producer');
    const claims = createClaims(away, keys);
    closing.push(() => claims.close(), () => closeConnection(away));
    expect(await claims.take(['x', 'y'])).toEqual([true, true]);
    await claims.release(['x', 'y']);
  });

  it('of a process that lives are renewed; of one that was killed they run out, and whoever waits takes over', async () => {
    const script = `
      import { createClaims } from ${JSON.stringify(new URL('../../src/store/claims.ts', import.meta.url).href)};
      import { connect } from ${JSON.stringify(new URL('../../src/store/connections.ts', import.meta.url).href)};
      import { createKeys } from ${JSON.stringify(new URL('../../src/store/keys.ts', import.meta.url).href)};
      const redis = connect(${JSON.stringify(server.url)}, 'producer');
      redis.once('ready', async () => {
        await createClaims(redis, createKeys('{test}'), 2).take(['held']);
        process.stdout.write('taken');
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    closing.push(async () => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const key = keys.asking('held');
    const left = () => redis.pttl(key);
    for (let before = await left(); (await left()) <= before; before = Math.min(before, await left()));

    const flights = new Flights(createClaims(redis, keys));
    let asked = 0;
    const answer = flights.once('held', never, async () => null, async () => (asked += 1));
    expect(await flights.claim(['held'])).toEqual([false]);
    child.kill('SIGKILL');
    expect(await answer).toBe(1);
    expect(await redis.exists(key)).toBe(0);
  });
});

describe('what waits inside a process', () => {
  it('sees the answer of who is first, takes over where there is none, and leaves at the abort', async () => {
    const flights = new Flights();
    const cache = new Map<string, string>();
    const look = async () => cache.get('k') ?? null;
    const first = Promise.withResolvers<string>();
    const asking = flights.once('k', never, look, () => first.promise);
    const second = flights.once('k', never, look, async () => 'asked again');
    const leaving = new AbortController();
    const third = flights.once('k', leaving.signal, look, async () => 'never');
    leaving.abort(new Error('gone'));
    await expect(third).rejects.toThrow('gone');
    first.reject(new Error('failed'));
    await expect(asking).rejects.toThrow('failed');
    expect(await second).toBe('asked again');
    cache.set('k', 'kept');
    expect(await flights.once('k', never, look, async () => 'never')).toBe('kept');
  });
});
