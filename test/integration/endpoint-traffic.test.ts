import { afterEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../src/endpoints/index.ts';
import { chat, FastClock, note, openEndpoint, reasons } from '../helpers/endpoint-kit.ts';
import { type Failure, type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: ModelServerOptions, more: Partial<EndpointSettings> = {}, clock = new FastClock()) {
  const server = await startModelServer(options);
  const { endpoint, close } = openEndpoint(server.url, more, clock);
  closers.push(close, () => server.close());
  return { server, endpoint, clock };
}

const many = (count: number, text = 'x') => Array.from({ length: count }, () => chat(text));
const BODY = { choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }] };
const well = (headers: Record<string, string>): Failure => ({ kind: 'status', status: 200, body: BODY, headers });
const kinds = (asked: { outcomes: ({ kind: string } | undefined)[] }) => new Set(asked.outcomes.map((outcome) => outcome?.kind));

describe('x-ratelimit headers', () => {
  it.each([
    ['requests', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '7s' }],
    ['tokens', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '7s' }],
  ])('of a reply are kept to: with no %s left nothing is sent before the reset', async (_, headers) => {
    const clock = new FastClock();
    const times: number[] = [];
    const { endpoint } = await start(
      {
        fail: (_request, index) => {
          times.push(clock.now());
          return index === 1 ? well(headers) : undefined;
        },
      },
      { concurrency: 1 },
      clock,
    );
    expect(kinds(await note(4, (options) => endpoint.generate(many(4), options)))).toEqual(new Set(['generated']));
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 0, 7_000, 7_000]);
  });

  it('of a 429 stand in for its Retry-After', async () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m3s' };
    const { endpoint, clock } = await start({ fail: (_, index) => (index === 0 ? { kind: 'status', status: 429, headers } : undefined) });
    const begun = clock.now();
    expect(kinds(await note(1, (options) => endpoint.generate(many(1), options)))).toEqual(new Set(['generated']));
    expect(clock.now() - begun).toBe(63_000);
  });

  it('bound what is under way: no more than is left, from the first reply on', async () => {
    let [active, most] = [0, 0];
    const { server, endpoint } = await start(
      {
        latencyMs: 2,
        fail: () => {
          most = Math.max(most, (active += 1));
          return well({ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '1s' });
        },
        hold: async () => void (active -= 1),
      },
      { concurrency: 8 },
    );
    await note(1, (options) => endpoint.generate(many(1), options));
    await note(30, (options) => endpoint.generate(many(30), options));
    expect(server.requests).toHaveLength(31);
    expect(most).toBe(3);
  });
});

describe('a server that is away', () => {
  it('is soon left alone, tried by one request now and then, and the ask ends saying so', async () => {
    const { server, endpoint, clock } = await start({ fail: () => ({ kind: 'reset' }) }, { concurrency: 8, maxWaitSeconds: 20 });
    const begun = clock.now();
    const error: unknown = await note(500, (options) => endpoint.generate(many(500), options)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'endpoint_unreachable', message: expect.stringMatching(/failed again and again.*max_wait_seconds/) as string });
    // without the breaker: six tries for each of five hundred
    expect(server.requests.length).toBeLessThan(60);
    expect(clock.now() - begun).toBeLessThan(120_000);
  });

  it('gets all that waited when it is back', async () => {
    let sent = 0;
    const { server, endpoint } = await start({ fail: () => ((sent += 1) <= 22 ? { kind: 'status', status: 500 } : undefined) }, { concurrency: 8 });
    const asked = await note(100, (options) => endpoint.generate(many(100), options));
    expect(kinds(asked)).toEqual(new Set(['generated']));
    expect(server.requests).toHaveLength(122);
  });

  it('a 4xx is a sign of life', async () => {
    const { server, endpoint } = await start({ fail: (_, index) => ({ kind: 'status', status: index % 10 === 9 ? 400 : 500 }) }, { concurrency: 1 });
    const asked = await note(12, (options) => endpoint.generate(many(12), options));
    expect(kinds(asked)).toEqual(new Set(['failed']));
    expect(server.requests.length).toBeGreaterThan(40);
  });
});

describe('an endpoint that refuses for a while', () => {
  it('gets fewer at once, and no item is lost', async () => {
    let [active, refused] = [0, 0];
    const { server, endpoint } = await start(
      {
        // two at once are served, whoever comes on top is refused
        fail: () => ((active += 1) > 2 ? ((refused += 1), { kind: 'status', status: 429 }) : undefined),
        hold: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          active -= 1;
        },
      },
      { concurrency: 16 },
    );
    const asked = await note(200, (options) => endpoint.generate(many(200), options));
    expect(kinds(asked)).toEqual(new Set(['generated']));
    expect(server.requests).toHaveLength(200 + refused);
    // without adapting, every round of sixteen would have most refused
    expect(refused).toBeLessThan(200);
  });

  it('says why an item fails that would have to wait too long', async () => {
    const { endpoint } = await start({ fail: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }) }, { maxWaitSeconds: 60 });
    const asked = await note(1, (options) => endpoint.generate(many(1), options));
    expect(reasons(asked)[0]).toMatch(/asks to wait 3600 s, longer than max_wait_seconds allows/);
  });
});

describe('owners', () => {
  it('take turns, whatever number of evaluations each has', async () => {
    const { server, endpoint } = await start({}, { concurrency: 1 });
    const [ann, bob] = [endpoint.as({ owner: 'ann', job: {} }), endpoint.as({ owner: 'bob', job: {} })];
    const large = note(400, (options) => ann.generate(many(400, 'of ann'), options));
    const small = note(20, (options) => bob.generate(many(20, 'of bob'), options));
    await small;
    const sent = server.requests.map(({ body }) => JSON.stringify(body).includes('of bob'));
    const last = sent.lastIndexOf(true);
    expect(sent.slice(0, last + 1).filter((own) => !own).length).toBeLessThanOrEqual(22);
    await large;
  });

  it('have no more of it for more jobs', async () => {
    const { server, endpoint } = await start({}, { concurrency: 2 });
    const asks = ['ann', 'ann', 'ann', 'bob'].map((owner) => {
      const own = endpoint.as({ owner, job: {} });
      return note(60, (options) => own.generate(many(60, `of ${owner}`), options));
    });
    await Promise.all(asks);
    const first = server.requests.slice(0, 100).filter(({ body }) => JSON.stringify(body).includes('of bob'));
    expect(first.length).toBeGreaterThanOrEqual(45);
    expect(first.length).toBeLessThanOrEqual(55);
  });
});
