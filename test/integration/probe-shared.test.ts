import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Closers } from '../../src/bin/compose.ts';
import { openShared } from '../../src/bin/shared.ts';
import { pino } from 'pino';
import { createKeys } from '../../src/store/keys.ts';
import { systemClock } from '../../src/endpoints/traffic/clock.ts';
import type { EndpointDeps } from '../../src/endpoints/endpoint.ts';
import { answer, FastClock, MODEL, never, note, openEndpoint, prompt, sums } from '../helpers/endpoint-kit.ts';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

/*
 * What one worker found out about an endpoint, the others know. A worker here is an endpoint with connections of its own.
 */

const silent = pino({ level: 'silent' });
const keys = createKeys('{test}');
let server: TestRedis;
let redis: Redis;
const closers = new Closers();
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startTestRedis();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await server.flush();
});
afterAll(async () => {
  await closers.closeAll(silent);
  redis.disconnect();
  await server.stop();
});

async function shared(): Promise<EndpointDeps> {
  return openShared({ redisUrl: server.url, prefix: '{test}' }, closers, silent);
}

async function workers(options: ModelServerOptions, more: Parameters<typeof openEndpoint>[1][] = [{}, {}]) {
  const model = await startModelServer(options);
  closing.push(() => model.close());
  const opened = await Promise.all(
    more.map(async (settings) => openEndpoint(model.url, settings, systemClock, await shared())),
  );
  for (const { close } of opened) closing.unshift(close);
  return { model, endpoints: opened.map(({ endpoint }) => endpoint) };
}

describe('a finding', () => {
  it.each([
    ['by ids', {}],
    ['by text and prefill', { tokenize: false }],
    ['of nothing', { echo: 'off', promptLogprobs: false }],
  ] as [string, ModelServerOptions][])('%s is made once, and weighs the same elsewhere', async (_, options) => {
    const { model, endpoints } = await workers(options);
    const [first, second] = endpoints;
    const seen = await first?.supports(MODEL, never);
    const requests = model.requests.length;
    expect(await second?.supports(MODEL, never)).toEqual(seen);
    expect(model.requests).toHaveLength(requests);
    if (seen?.completion !== 'prompt_logprobs') return;
    const weigh = async (endpoint = first) => {
      if (!endpoint) throw new Error('no worker');
      const call = prompt('Question: where?\nAnswer:');
      const grid = await endpoint.grid(call, answer(' Vilnius is'), never);
      return sums(await note(1, (asking) => endpoint.weigh([call], answer(' Vilnius is'), grid, asking)));
    };
    expect(await weigh(second)).toEqual(await weigh(first));
  });

  it('is made by one of those who want it at the same time', async () => {
    const { model, endpoints } = await workers({}, [{}, {}, {}]);
    const all = await Promise.all(endpoints.map((endpoint) => endpoint.supports(MODEL, never)));
    for (const found of all) expect(found).toEqual(all[0]);
    expect(model.requests.length).toBeLessThanOrEqual(18);
    expect(await redis.keys('*asking*')).toEqual([]);
  });

  it('has a life and holds neither address nor key', async () => {
    const { endpoints } = await workers({}, [{ apiKey: 'secret-key-4711' }]);
    await endpoints[0]?.supports(MODEL, never);
    const key = keys.finding('test', MODEL);
    expect(await redis.ttl(key)).toBeGreaterThan(3_600);
    expect(await redis.get(key)).not.toContain('4711');
  });

  it('is not believed of another server, another release or in another form', async () => {
    const { model, endpoints } = await workers({}, [{}, { identity: 'another' }, {}, {}]);
    const key = keys.finding('test', MODEL);
    await endpoints[0]?.supports(MODEL, never);
    const once = model.requests.length;
    await endpoints[1]?.supports(MODEL, never);
    expect(model.requests).toHaveLength(2 * once);
    const record = JSON.parse((await redis.get(key)) ?? '') as object;
    await redis.set(key, JSON.stringify({ ...record, version: 0 }));
    await endpoints[2]?.supports(MODEL, never);
    expect(model.requests).toHaveLength(3 * once);
    await redis.set(key, 'no record');
    await endpoints[3]?.supports(MODEL, never);
    expect(model.requests).toHaveLength(4 * once);
  });

  it('is taken over when who was finding out is gone', async () => {
    const { endpoints } = await workers({}, [{}]);
    // as a killed worker leaves it: a claim that nobody renews
    await redis.set(keys.asking(`probe:test:${MODEL}`), 'of a dead process', 'PX', 500);
    expect((await endpoints[0]?.supports(MODEL, never))?.chat).toBe('prompt_logprobs');
  });

  it('is made by each alone while Redis is away', async () => {
    const { model, endpoints } = await workers({});
    await server.kill9();
    const all = await Promise.all(endpoints.map((endpoint) => endpoint.supports(MODEL, never)));
    expect(all.map(({ chat }) => chat)).toEqual(['prompt_logprobs', 'prompt_logprobs']);
    expect(model.requests.length).toBeGreaterThan(8);
    await server.restart();
  });
});

describe('a probe on request', () => {
  it('finds out anew, tells how, and what it found is everybody’s from then on', async () => {
    let echo = true;
    const { model, endpoints } = await workers({
      fail: ({ body }) => (!echo && body['echo'] === true ? { kind: 'status', status: 400 } : undefined),
      promptLogprobs: false,
    });
    expect((await endpoints[0]?.supports(MODEL, never))?.completion).toBe('prompt_logprobs');
    echo = false;
    const before = model.requests.length;
    const report = await endpoints[1]?.probe(MODEL, never);
    expect(report).toMatchObject({ endpoint: 'test', model: MODEL, certain: true, supports: { completion: 'text' } });
    expect(report?.httpRequests).toBe(model.requests.length - before);
    expect(Date.parse(report?.probedAt ?? '')).toBeGreaterThan(0);
    expect((await endpoints[1]?.supports(MODEL, never))?.completion).toBe('text');
    // the first goes on with what it knows, and looks again within a minute
    expect((await endpoints[0]?.supports(MODEL, never))?.completion).toBe('prompt_logprobs');
    const third = openEndpoint(model.url, {}, systemClock, await shared());
    closing.unshift(third.close);
    expect((await third.endpoint.supports(MODEL, never)).completion).toBe('text');
  });

  it.each([
    [{}, { embeddings: false, prefixCache: false }],
    [{ cachedTokens: 64, routes: { '/v1/embeddings': () => ({ data: [{ embedding: [0.5, 1] }] }) } }, { embeddings: true, prefixCache: true }],
    [{ routes: { '/v1/embeddings': () => ({ data: [] }) } }, { embeddings: false, prefixCache: false }],
    [{ missing: ['/v1/chat/completions'] }, { embeddings: false, prefixCache: false }],
    [
      { fail: ({ path, body }) => (path === '/v1/chat/completions' && body['max_tokens'] === 1 ? { kind: 'status', status: 200, body: { choices: [] } } : path === '/v1/embeddings' ? { kind: 'status', status: 500 } : undefined) },
      { embeddings: null, prefixCache: null },
    ],
  ] as [ModelServerOptions, object][])('looks at embeddings and the prefix cache too: %j', async (options, more) => {
    const model = await startModelServer(options);
    closing.push(() => model.close());
    const { endpoint, close } = openEndpoint(model.url);
    closing.unshift(close);
    expect((await endpoint.probe(MODEL, never)).more).toEqual(more);
  });

  it('is noticed by the other workers within a minute, without a request of theirs', async () => {
    let lists = true;
    const model = await startModelServer({ echo: 'off', promptLogprobs: false, fail: ({ body }) => (!lists && Array.isArray(body['prompt']) ? { kind: 'status', status: 400 } : undefined) });
    closing.push(() => model.close());
    const clock = new FastClock();
    clock.time = Date.now();
    const one = openEndpoint(model.url, {}, clock, await shared());
    const other = openEndpoint(model.url, {}, systemClock, await shared());
    closing.unshift(one.close, other.close);
    expect((await one.endpoint.supports(MODEL, never)).lists).toBe(true);
    lists = false;
    await other.endpoint.probe(MODEL, never);
    const sent = model.requests.length;
    expect((await one.endpoint.supports(MODEL, never)).lists).toBe(true);
    clock.time += 60_001;
    expect((await one.endpoint.supports(MODEL, never)).lists).toBe(false);
    expect(model.requests).toHaveLength(sent);
  });
});
