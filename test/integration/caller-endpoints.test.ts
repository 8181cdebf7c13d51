import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallerPolicy } from '../../src/endpoints/index.ts';
import { createVault, type EncryptionKey } from '../../src/store/vault.ts';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { startTestRedis } from '../helpers/redis.ts';
import { dumpRedis, placesOf } from '../helpers/redis-dump.ts';
import { ended, type Explanation, explainAndWait, startStack, type StackOptions, topUnit } from '../helpers/stack.ts';

const KEY = 'sk-caller-0123456789abcdef';
const OTHER_KEY = 'sk-another-fedcba9876543210';
const encryptionKey = (id: string): EncryptionKey => ({ id, key: randomBytes(32) });

/** All that a policy can open; the test's servers are on loopback. */
const OPEN: CallerPolicy = {
  hosts: null,
  allowHttp: true,
  allowPrivateNetwork: true,
  concurrency: 4,
  maxBatch: 8,
  requestsPerMinute: null,
  tokensPerMinute: null,
  timeoutSeconds: 20,
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(options: Parameters<typeof startModelServer>[0] = {}): Promise<ModelServer> {
  const server = await startModelServer({ answer: ({ text }) => (text.includes('needle') ? 'It was found.' : 'I do not know.'), ...options });
  closers.push(() => server.close());
  return server;
}

async function open(options: StackOptions = {}) {
  const configured = await serve();
  const stack = await startStack({ endpoints: [{ baseUrl: configured.url, models: ['m'] }], callers: OPEN, vault: createVault([encryptionKey('a')]), ...options });
  closers.push(() => stack.close());
  return { ...stack, configured };
}

const body = (endpoint: object | undefined, more: object = {}) => ({
  endpoint,
  call: { model: 'm', temperature: 0, messages: [{ role: 'user', content: 'The hay is dry. A needle is in it. The barn is red.' }] },
  method: { id: 'leave-one-out' },
  scorer: { id: 'exact' },
  ...more,
});

describe("a caller's own endpoint", () => {
  it('is asked with its key, which is encrypted until the end, then gone, and never shown', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const own = await serve({ apiKey: KEY, hold: () => held });
    const { app, redis, configured } = await open();
    const given = { base_url: own.url, api_key: KEY };
    const accepted = await app.inject({ method: 'POST', url: '/v1/explanations', payload: body(given), headers: { 'idempotency-key': 'k' } });
    expect(accepted.statusCode).toBe(202);
    const job = accepted.json<Explanation & { request: { endpoint: unknown } }>();
    const shown = { base_url: own.url, dialect: 'auto', embedding_model: null, judge_model: null, price: null };
    expect(job.request.endpoint).toEqual(shown);
    while (own.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const running = await dumpRedis(redis.url);
    expect(placesOf(running, [KEY])).toEqual([]);
    expect(running.find(({ key }) => key.endsWith(`:job:${job.id}`))?.values.map(String)).toContain('secret');
    release();
    const done = await ended(app, job.id);
    expect([done.status, topUnit(done.result)]).toEqual(['completed', 'A needle is in it.']);
    const rest = await dumpRedis(redis.url);
    expect(placesOf(rest, [KEY])).toEqual([]);
    expect(rest.find(({ key }) => key.endsWith(`:job:${job.id}`))?.values.map(String)).not.toContain('secret');
    for (const path of ['', '/events', '/evaluations', '/report']) {
      expect((await app.inject(`/v1/explanations/${job.id}${path}`)).body).not.toContain(KEY);
    }
    expect(configured.requests).toEqual([]);
    // fitted again without it
    const again = await app.inject({ method: 'POST', url: `/v1/explanations/${job.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(again.statusCode).toBe(200);
    const replay = await app.inject({ method: 'POST', url: '/v1/explanations', payload: body(given), headers: { 'idempotency-key': 'k' } });
    expect([replay.statusCode, replay.json<Explanation>().id]).toEqual([200, job.id]);
  });

  it('is refused where nobody opened it, where its key could not be kept, and by host, protocol and dialect', async () => {
    const own = await serve();
    const given = { base_url: own.url, api_key: KEY };
    const refusals: [StackOptions, object, number, string, string][] = [
      [{ callers: undefined as never }, given, 403, 'endpoint_forbidden', '/endpoint'],
      [{ vault: null }, given, 403, 'endpoint_forbidden', '/endpoint'],
      [{ callers: { ...OPEN, allowHttp: false } }, given, 403, 'endpoint_forbidden', '/endpoint/base_url'],
      [{ callers: { ...OPEN, hosts: ['api.example.com', '*.example.org'] } }, given, 403, 'endpoint_forbidden', '/endpoint/base_url'],
      [{}, { ...given, dialect: 'klingon' }, 400, 'validation_failed', '/endpoint/dialect'],
      [{}, { ...given, base_url: 'http://user:pass@127.0.0.1/v1' }, 400, 'validation_failed', '/endpoint/base_url'],
      [{}, { ...given, base_url: 'file:///etc/passwd' }, 400, 'validation_failed', '/endpoint/base_url'],
      [{}, { ...given, api_key: `${KEY}\r\nx: y` }, 400, 'validation_failed', '/endpoint/api_key'],
      [{}, { ...given, apikey: KEY }, 400, 'validation_failed', '/endpoint/apikey'],
    ];
    for (const [options, endpoint, status, code, pointer] of refusals) {
      const { app, redis } = await open({ workers: 0, ...options });
      for (const url of ['/v1/explanations', '/v1/estimates']) {
        const reply = await app.inject({ method: 'POST', url, payload: body(endpoint) });
        expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([status, code]);
        expect(reply.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer).toBe(pointer);
        expect(reply.body).not.toContain(KEY);
      }
      expect((await dumpRedis(redis.url)).filter(({ key }) => key.includes(':job:'))).toEqual([]);
    }
    expect(own.requests).toEqual([]);
  });

  it('whose port is never connected to, or that has no routes where it says, is told so', async () => {
    const own = await serve();
    const { app } = await open();
    const failing = async (base: string) => (await explainAndWait(app, body({ base_url: base }))).body.error;
    expect(await failing('http://127.0.0.1:9/v1')).toMatchObject({ code: 'endpoint_unreachable', detail: expect.stringContaining('never connected to') as string });
    expect(await failing(own.url.replace(/\/v1$/, ''))).toMatchObject({ code: 'endpoint_refused', detail: expect.stringContaining('no /v1 at its end') as string });
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '0x7f000001', '017700000001', '127.1', '127.0.0.2', '[::ffff:127.0.0.1]', '[0:0:0:0:0:ffff:7f00:1]'])(
    'at %s is refused before it is queued, for http and https',
    async (host) => {
      const own = await serve();
      const { app } = await open({ callers: { ...OPEN, allowPrivateNetwork: false } });
      for (const protocol of ['http', 'https']) {
        const base = `${protocol}://${host}:${new URL(own.url).port}/v1`;
        const reply = await app.inject({ method: 'POST', url: '/v1/explanations', payload: body({ base_url: base }) });
        expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([422, 'address_forbidden']);
      }
      expect(own.requests).toEqual([]);
    },
  );

  it('is not asked by a worker that has not opened it, and by none whose keys cannot read its key', async () => {
    const own = await serve();
    const redis = await startTestRedis();
    closers.push(() => redis.stop());
    const [a, b] = [encryptionKey('a'), encryptionKey('b')];
    const api = await open({ redis, vault: createVault([a]), workers: 0 });
    const submit = async () => (await api.app.inject({ method: 'POST', url: '/v1/explanations', payload: body({ base_url: own.url, api_key: KEY }) })).json<Explanation>().id;
    const workers: [StackOptions, string][] = [
      [{ callers: { ...OPEN, allowPrivateNetwork: false }, vault: createVault([a]) }, 'address_forbidden'],
      [{ callers: { ...OPEN, hosts: ['api.example.com'] }, vault: createVault([a]) }, 'endpoint_forbidden'],
      [{ vault: null }, 'endpoint_forbidden'],
      [{ vault: createVault([b]) }, 'secret_unreadable'],
    ];
    for (const [options, code] of workers) {
      const id = await submit();
      const worker = await open({ redis, ...options });
      expect((await ended(api.app, id)).error).toMatchObject({ code });
      await closers.pop()?.();
      void worker;
    }
    expect(own.requests).toEqual([]);
    const id = await submit();
    await open({ redis, vault: createVault([b, a]) });
    expect((await ended(api.app, id)).status).toBe('completed');
    expect(placesOf(await dumpRedis(redis.url), [KEY])).toEqual([]);
  });

  it('shares findings and answers with the jobs of its owner and key only', async () => {
    const own = await serve();
    const keys = ['ann', 'bob'].map((owner) => ({ owner, sha256: createHash('sha256').update(owner).digest('hex') }));
    const { app } = await open({ keys });
    const run = async (key: string | undefined, owner = 'ann') => {
      const before = own.requests.length;
      const done = await explainAndWait(app, body({ base_url: own.url, ...(key === undefined ? {} : { api_key: key }) }), { authorization: `Bearer ${owner}` });
      expect(done.body.status).toBe('completed');
      return { requests: own.requests.length - before, cached: done.body.result?.evaluations.cached };
    };
    const first = await run(KEY);
    // what the server can do was found out, and the answer and six masks of three units were asked
    expect(first.requests).toBeGreaterThan(8);
    expect(await run(KEY)).toEqual({ requests: 0, cached: 7 });
    expect(await run(KEY, 'bob')).toEqual(first);
    expect(await run(OTHER_KEY)).toEqual(first);
    expect(await run(undefined)).toEqual(first);
  });

  it('that refuses the key of one leaves those of others alone', async () => {
    const own = await serve({ apiKey: KEY });
    const { app } = await open();
    const [wrong, right] = await Promise.all([OTHER_KEY, KEY].map((key) => explainAndWait(app, body({ base_url: own.url, api_key: key }))));
    expect(right?.body.status).toBe('completed');
    expect(wrong?.body.error).toMatchObject({ code: 'endpoint_refused' });
    expect(JSON.stringify(wrong?.body)).not.toContain(OTHER_KEY);
  });

  it('is consulted by its own models and paid at its own price', async () => {
    const vector = (text: string) => (text.includes('found') ? [1, 0] : [0, 1]);
    const embed = ({ input }: Record<string, unknown>) => ({ data: (input as string[]).map((text, index) => ({ index, embedding: vector(text) })), usage: { prompt_tokens: 8, total_tokens: 8 } });
    const own = await serve({ routes: { '/v1/embeddings': embed } });
    const { app } = await open();
    const price = { prompt_per_million: 1_000, completion_per_million: 1_000 };
    const given = { base_url: own.url, api_key: KEY, embedding_model: 'e', price };
    const { body: job } = await explainAndWait(app, body(given, { scorer: { id: 'embedding' } }));
    expect(job.status).toBe('completed');
    expect(topUnit(job.result)).toBe('A needle is in it.');
    expect(job.result?.usage.cost_usd).toBeGreaterThan(0);
    const unfed = await app.inject({ method: 'POST', url: '/v1/explanations', payload: body(given, { scorer: { id: 'judge' } }) });
    expect(unfed.json<{ code: string }>().code).toBe('scorer_unavailable');
  });

  it('is said to be possible where it is', async () => {
    const list = async (options: StackOptions) => (await (await open({ workers: 0, ...options })).app.inject('/v1/endpoints')).json<{ caller_endpoints: boolean }>().caller_endpoints;
    expect([await list({}), await list({ vault: null }), await list({ callers: undefined as never })]).toEqual([true, false, false]);
  });
});
