import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pino from 'pino';
import { aliveSchema, readySchema } from '../../../src/contract/replies.ts';
import { BODY, expectProblem, testApp, type TestApp } from './app.ts';

let test: TestApp;
beforeEach(async () => {
  test = await testApp({ docs: true, metrics: async () => 'wherefore_more 1\n' });
});
afterEach(async () => test.app.close());

describe('health', () => {
  it('is alive whatever happens', async () => {
    test.health.up = false;
    const reply = await test.app.inject({ url: '/healthz' });
    expect(reply.statusCode).toBe(200);
    expect(aliveSchema.parse(reply.json())).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('is ready when Redis answers and a worker was seen, else says what is missing', async () => {
    const ready = async () => {
      const reply = await test.app.inject({ url: '/readyz' });
      return [reply.statusCode, readySchema.parse(reply.json())] as const;
    };
    expect(await ready()).toEqual([200, { status: 'ready', redis: true, workers: 1, reasons: [] }]);
    test.health.seen = 0;
    expect(await ready()).toEqual([
      503,
      { status: 'not_ready', redis: true, workers: 0, reasons: [expect.stringContaining('worker')] },
    ]);
    test.health.up = false;
    expect(await ready()).toEqual([
      503,
      { status: 'not_ready', redis: false, workers: 0, reasons: [expect.stringContaining('Redis')] },
    ]);
  });
});

describe('metrics', () => {
  const lines = async () => {
    const reply = await test.app.inject({ url: '/metrics' });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/plain/);
    return reply.body.split('\n');
  };

  it('counts requests by the pattern of their route', async () => {
    await test.app.inject({ method: 'POST', url: '/v1/explanations', payload: BODY });
    for (const id of ['latest', `exp_${'0'.repeat(26)}`, 'nope']) await test.app.inject({ url: `/v1/explanations/${id}` });
    for (const url of ['/a', '/b?c=d', '/v1/%zz']) await test.app.inject({ url });
    const counts = (await lines()).filter((line) => line.startsWith('wherefore_http_request_duration_seconds_count'));
    expect(counts).toContain(
      'wherefore_http_request_duration_seconds_count{method="POST",route="/v1/explanations",status="202"} 1',
    );
    for (const [status, count] of [[200, 1], [404, 2]]) {
      expect(counts).toContain(
        `wherefore_http_request_duration_seconds_count{method="GET",route="/v1/explanations/:id",status="${status}"} ${count}`,
      );
    }
    expect(counts).toContain('wherefore_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 2');
    expect(counts.join()).not.toMatch(/exp_|nope|\/a"/);
  });

  it('shows what the service stands on, the process, and what was given to it', async () => {
    const shown = await lines();
    expect(shown).toEqual(
      expect.arrayContaining([
        'wherefore_redis_up 1',
        'wherefore_workers 1',
        'wherefore_queue_jobs{state="waiting"} 3',
        'wherefore_more 1',
      ]),
    );
    expect(shown.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true);
    test.health.up = false;
    const away = await lines();
    expect(away).toContain('wherefore_redis_up 0');
    expect(away.filter((line) => /^wherefore_(workers|queue_jobs)/.test(line))).toEqual([]);
    test.health.up = true;
    expect(await lines()).toContain('wherefore_workers 1');
  });
});

describe('request ids', () => {
  it('takes over a sane one, on every kind of reply', async () => {
    for (const url of ['/healthz', '/nowhere', '/v1/explanations/nope', '/v1/%zz', '/docs']) {
      const reply = await test.app.inject({ url, headers: { 'x-request-id': 'trace-1/a:b=c' } });
      expect(reply.headers['x-request-id']).toBe('trace-1/a:b=c');
    }
  });

  it.each([undefined, '', 'a b', 'x'.repeat(129), 'é', '"quoted"', 'a,b'])('makes a new one for %j', async (given) => {
    const ask = () => test.app.inject({ url: '/healthz', headers: given === undefined ? {} : { 'x-request-id': given } });
    const first = (await ask()).headers['x-request-id'];
    expect(first).toMatch(/^[\w-]{36}$/);
    expect((await ask()).headers['x-request-id']).not.toBe(first);
  });
});

describe('docs', () => {
  it('serves the page and everything it loads from itself', async () => {
    const page = await test.app.inject({ url: '/docs' });
    expect(page.body).toContain('<title>Wherefore: ');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      (match) => new URL(match[1] ?? '', 'http://x/docs').pathname,
    );
    expect(loaded.length).toBeGreaterThan(3);
    for (const url of loaded) expect((await test.app.inject({ url })).statusCode).toBe(200);
    expectProblem(await test.app.inject({ url: '/docs/static/nothing.js' }), 'not_found');
  });

  it('shows the document that is served beside it', async () => {
    const reply = await test.app.inject({ url: '/openapi.json' });
    expect(reply.json()).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } });
    expect((await test.app.inject({ url: '/docs/json' })).json()).toEqual(reply.json());
  });
});

describe('the log', () => {
  it('has one line per request and nothing of what was said', async () => {
    const lines: string[] = [];
    const { app } = await testApp({
      keys: { 'sk-1': 'anna' },
      logger: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    });
    const headers = { authorization: 'Bearer sk-1', 'x-request-id': 'r1', 'content-type': 'application/json' };
    await app.inject({ method: 'POST', url: '/v1/explanations?hush=1', headers, payload: BODY });
    await app.inject({ method: 'POST', url: '/v1/explanations', headers, payload: BODY });
    await app.close();
    const requests = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request');
    expect(requests).toMatchObject([
      { method: 'POST', route: '/v1/explanations', status: 400, request_id: 'r1' },
      { method: 'POST', route: '/v1/explanations', status: 202, request_id: 'r1' },
    ]);
    expect(lines.join()).not.toMatch(/sk-1|tortoise|hush/);
  });

  it.each([
    ['info', [[30, '/v1/explanations/:id', 404]]],
    ['debug', [[20, '/v1/explanations/:id', 200], [20, '/healthz', 200], [30, '/v1/explanations/:id', 404]]],
  ])('at %s tells of polls that find something only where it is detailed', async (level, told) => {
    const lines: string[] = [];
    const { app } = await testApp({ logger: pino({ level }, { write: (line: string) => void lines.push(line) }) });
    const { location } = (await app.inject({ method: 'POST', url: '/v1/explanations', payload: BODY })).headers;
    lines.length = 0;
    for (const url of [String(location), '/healthz', `/v1/explanations/exp_${'0'.repeat(26)}`]) await app.inject({ url });
    await app.close();
    const requests = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request');
    expect(requests.map((line) => [line['level'], line['route'], line['status']])).toEqual(told);
  });
});
