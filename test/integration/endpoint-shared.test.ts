import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Closers } from '../../src/bin/compose.ts';
import { openShared, type Shared } from '../../src/bin/shared.ts';
import { systemClock } from '../../src/endpoints/traffic/clock.ts';
import { chat, note, openEndpoint, reasons } from '../helpers/endpoint-kit.ts';
import { type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

/*
 * Limits and pauses that workers keep together. A worker here is an endpoint with a Redis connection of its own.
 */

const silent = pino({ level: 'silent' });
let server: TestRedis;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startTestRedis();
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await server.flush();
});
afterAll(async () => server.stop());

async function shared(): Promise<Shared> {
  const closers = new Closers();
  closing.push(() => closers.closeAll(silent));
  return openShared({ redisUrl: server.url, prefix: '{test}' }, closers, silent);
}

async function workers(count: number, options: ModelServerOptions, settings: Parameters<typeof openEndpoint>[1] = {}) {
  const model = await startModelServer(options);
  closing.push(() => model.close());
  const opened = await Promise.all(Array.from({ length: count }, async () => openEndpoint(model.url, settings, systemClock, await shared())));
  for (const { close } of opened) closing.push(close);
  return { model, endpoints: opened.map(({ endpoint }) => endpoint) };
}

const ask = (endpoint: Awaited<ReturnType<typeof workers>>['endpoints'][number] | undefined, count: number, signal?: AbortSignal) =>
  note(count, async (options) => endpoint?.generate(Array.from({ length: count }, () => chat('x')), options), signal ? { signal } : {});

describe('a pause that one worker was asked for', () => {
  it.each([
    ['429', 429],
    ['503', 503],
  ])('by %s is kept by all: nothing arrives before its time', async (_, status) => {
    const arrivals: number[] = [];
    const { endpoints } = await workers(3, {
      fail: (_request, index) => {
        arrivals.push(performance.now());
        return index === 0 ? { kind: 'status', status, headers: { 'retry-after': '1' } } : undefined;
      },
    });
    const [first, ...others] = endpoints;
    const asking = ask(first, 1);
    // the others ask once the pause is known to all
    const limits = (await shared()).limits;
    for (;;) {
      const answer = await limits.admit('test', { requestsPerMinute: null, tokensPerMinute: null }, 0);
      if ('waitMs' in answer) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const all = await Promise.all([asking, ...others.map((endpoint) => ask(endpoint, 5))]);
    expect(all.flatMap(({ outcomes }) => outcomes.map((outcome) => outcome?.kind))).toEqual(Array.from({ length: 11 }, () => 'generated'));
    expect(arrivals).toHaveLength(12);
    for (const arrival of arrivals.slice(1)) expect(arrival - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(995);
  });

  it('fails what may not wait that long, in every worker', async () => {
    const { model, endpoints } = await workers(
      2,
      { fail: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }) },
      { maxWaitSeconds: 60 },
    );
    expect(reasons(await ask(endpoints[0], 1))[0]).toMatch(/^http 429/);
    const { limits } = await shared();
    while (!('waitMs' in (await limits.admit('test', { requestsPerMinute: null, tokensPerMinute: null }, 0))));
    expect(reasons(await ask(endpoints[1], 2))).toEqual([expect.stringMatching(/left alone for 3600 s/), expect.stringMatching(/left alone for 3600 s/)]);
    expect(model.requests).toHaveLength(1);
  });
});

describe('limits per minute', () => {
  it('hold for all workers together', async () => {
    const { model, endpoints } = await workers(3, {}, { requestsPerMinute: 10 });
    const stop = new AbortController();
    const all = endpoints.map((endpoint) => ask(endpoint, 10, stop.signal).catch(() => null));
    while (model.requests.length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    // a moment for the eleventh, which must not come
    await new Promise((resolve) => setTimeout(resolve, 300));
    stop.abort();
    await Promise.all(all);
    expect(model.requests).toHaveLength(10);
  });

  it('are kept by each alone while Redis is away', async () => {
    const { model, endpoints } = await workers(1, {}, { requestsPerMinute: 4 });
    await server.kill9();
    const stop = new AbortController();
    const asking = ask(endpoints[0], 10, stop.signal).catch(() => null);
    while (model.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 200));
    stop.abort();
    await asking;
    expect(model.requests).toHaveLength(4);
    await server.restart();
  });

  it('count requests and tokens in the store, by its clock, and take corrections', async () => {
    const { limits } = await shared();
    const admit = (tokens: number, name = 'e') => limits.admit(name, { requestsPerMinute: 3, tokensPerMinute: 100 }, tokens);
    const first = await admit(90);
    expect(await admit(20)).toMatchObject({ paused: false, waitMs: expect.any(Number) as number });
    if ('waitMs' in first) throw new Error('the first must pass');
    first.settle(10);
    expect(await admit(20)).toHaveProperty('settle');
    expect(await admit(20)).toHaveProperty('settle');
    const fourth = await admit(1);
    if (!('waitMs' in fourth)) throw new Error('the fourth must wait');
    expect(fourth.waitMs).toBeGreaterThan(55_000);
    expect(fourth.waitMs).toBeLessThanOrEqual(61_000);
    // larger than the whole limit: alone, so that it does not wait for ever
    expect(await admit(500, 'other')).toHaveProperty('settle');
    expect(await admit(1, 'other')).toHaveProperty('waitMs');
  });

  it('a pause only grows', async () => {
    const { limits } = await shared();
    const left = async () => {
      const answer = await limits.admit('e', { requestsPerMinute: null, tokensPerMinute: null }, 0);
      return 'waitMs' in answer && answer.paused ? answer.waitMs : 0;
    };
    expect(await left()).toBe(0);
    await limits.pause('e', 60_000);
    await limits.pause('e', 1_000);
    expect(await left()).toBeGreaterThan(30_000);
    await limits.pause('e', 100_000);
    expect(await left()).toBeGreaterThan(60_000);
  });
});
