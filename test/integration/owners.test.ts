import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Closers } from '../../src/bin/compose.ts';
import { openKeys, openTerms } from '../../src/bin/owners.ts';
import { loadConfig } from '../../src/config.ts';
import { BODY_EXAMPLES } from '../../src/contract/examples.ts';
import { NO_TERMS, type Terms } from '../../src/service/terms.ts';
import { startStack, type Stack } from '../helpers/stack.ts';
import { sha256 } from '../unit/api/app.ts';
import { until } from './store-kit.ts';

const silent = pino({ level: 'silent' });
const demoJob = BODY_EXAMPLES['createExplanation']?.['passage']?.value as object;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** A folder with files of the operator, read as the service reads them. */
async function operator(files: Record<string, unknown>) {
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-owners-'));
  const closers = new Closers();
  onTestFinished(async () => {
    await closers.closeAll(silent);
    await rm(folder, { recursive: true });
  });
  const write = async (name: string, value: unknown) => writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  for (const [name, value] of Object.entries(files)) await write(name, value);
  const path = (name: string) => join(folder, name);
  return { closers, write, path };
}

const ownerOf = (auth: ReturnType<typeof openKeys>, key: string): string | null => {
  try {
    return auth.owner(`Bearer ${key}`);
  } catch {
    return null;
  }
};

describe('keys', () => {
  it('are taken in and out while the service runs; a file that cannot be used changes nothing', async () => {
    const { closers, write, path } = await operator({ 'keys.json': [{ owner: 'ann', sha256: sha256('old') }] });
    const auth = openKeys(loadConfig({ API_KEYS_FILE: path('keys.json') }), closers, silent);
    expect([ownerOf(auth, 'old'), ownerOf(auth, 'new')]).toEqual(['ann', null]);
    await write('keys.json', [{ owner: 'ann', sha256: sha256('old') }, { owner: 'ann', sha256: sha256('new') }]);
    await until(() => ownerOf(auth, 'new') === 'ann');
    expect(ownerOf(auth, 'old')).toBe('ann');
    await write('keys.json', [{ owner: 'ann', sha256: sha256('new') }]);
    await until(() => ownerOf(auth, 'old') === null);
    await write('keys.json', '[{"owner": ');
    await write('keys.json', [{ owner: 'bob', sha256: sha256('bob') }]);
    await until(() => ownerOf(auth, 'bob') === 'bob');
    expect(ownerOf(auth, 'new')).toBeNull();
  });

  it('that are none keep the service from starting', async () => {
    const { closers, path } = await operator({ 'keys.json': [{ owner: 'ann', sha256: 'short' }] });
    expect(() => openKeys(loadConfig({ API_KEYS_FILE: path('keys.json') }), closers, silent)).toThrow('64 hexadecimal digits');
  });
});

describe('terms', () => {
  it('are those of the file over those of all, and change with it', async () => {
    const { closers, write, path } = await operator({ 'owners.json': [{ owner: 'ann', endpoints: ['demo'], requests_per_minute: null, max_units: 10 }] });
    const terms = openTerms(loadConfig({ OWNERS_FILE: path('owners.json'), OWNER_REQUESTS_PER_MINUTE: '600', OWNER_MAX_OPEN: '5' }), closers, silent);
    expect(terms('bob')).toEqual({ ...NO_TERMS, maxOpen: 5, requestsPerMinute: 600 });
    expect(terms('ann')).toEqual({ ...NO_TERMS, endpoints: ['demo'], maxOpen: 5, maxUnits: 10 });
    await write('owners.json', [{ owner: 'bob', max_open: 1 }]);
    await until(() => terms('bob').maxOpen === 1);
    expect(terms('ann').endpoints).toBeNull();
  });

  it('with two entries of one owner keep the service from starting', async () => {
    const { closers, path } = await operator({ 'owners.json': [{ owner: 'ann' }, { owner: 'ann' }] });
    expect(() => openTerms(loadConfig({ OWNERS_FILE: path('owners.json') }), closers, silent)).toThrow('two entries');
  });
});

describe('an owner on terms of their own', () => {
  const terms: Record<string, Partial<Terms>> = {
    few: { maxOpen: 2, explanationsPerMinute: 4 },
    slow: { requestsPerMinute: 3 },
    small: { maxUnits: 2, maxBodyBytes: 600, maxBatchBytes: 600 },
    elsewhere: { endpoints: ['other'] },
    nowhere: { endpoints: [] },
  };
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      workers: 0,
      keys: [...Object.keys(terms), 'free'].map((owner) => ({ owner, sha256: sha256(owner) })),
      terms: (owner) => ({ ...NO_TERMS, ...terms[owner] }),
      endpoints: [
        { name: 'demo', baseUrl: 'http://127.0.0.1:9/v1', models: ['tiny-reader'] },
        { name: 'other', baseUrl: 'http://127.0.0.1:9/v1', models: ['tiny-reader'] },
      ],
    });
  });
  afterAll(() => stack.close());

  const send = (owner: string, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    stack.app.inject({ method, url, headers: bearer(owner), ...(payload ? { payload } : {}) });
  const code = (reply: { json: () => unknown; statusCode: number }) => (reply.json() as { code?: string }).code ?? reply.statusCode;

  it('has so many requests a minute, and is told what is left', async () => {
    const seen: unknown[] = [];
    for (let time = 0; time < 4; time += 1) {
      const reply = await send('slow', 'GET', '/v1/endpoints');
      expect(reply.headers['ratelimit-policy']).toBe('"requests";q=3;w=60');
      seen.push([reply.statusCode, /^"requests";r=(\d);t=\d+$/.exec(String(reply.headers['ratelimit']))?.[1]]);
      if (reply.statusCode === 429) {
        expect(code(reply)).toBe('rate_limited');
        expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
        expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(60);
      }
    }
    expect(seen).toEqual([[200, '2'], [200, '1'], [200, '0'], [429, '0']]);
    const other = await send('free', 'GET', '/v1/endpoints');
    expect([other.statusCode, other.headers['ratelimit'], other.headers['ratelimit-policy']]).toEqual([200, undefined, undefined]);
  });

  it('has so many explanations under way, those of batches too, and so many a minute', async () => {
    const batch = (count: number) => ({ defaults: demoJob, requests: Array.from({ length: count }, () => ({ call: (demoJob as { call: object }).call })) });
    const large = await send('few', 'POST', '/v1/batches', batch(5));
    expect([large.statusCode, code(large)]).toEqual([429, 'rate_limited']);
    const wide = await send('few', 'POST', '/v1/batches', batch(3));
    expect([wide.statusCode, code(wide)]).toEqual([429, 'too_many_open']);
    expect(wide.headers['retry-after']).toBe('10');
    expect(wide.headers['ratelimit']).toMatch(/^"explanations";r=1;t=\d+$/);
    const one = await send('few', 'POST', '/v1/explanations', demoJob);
    expect(one.statusCode).toBe(202);
    expect(code(await send('few', 'POST', '/v1/explanations', demoJob))).toBe('rate_limited');
  });

  it('has room again once an explanation has ended', async () => {
    const fresh = await startStack({ workers: 0, terms: () => ({ ...NO_TERMS, maxOpen: 1 }) });
    onTestFinished(() => fresh.close());
    const post = async () => fresh.app.inject({ method: 'POST', url: '/v1/explanations', payload: demoJob });
    const first = await post();
    expect(code(await post())).toBe('too_many_open');
    await fresh.app.inject({ method: 'POST', url: `${String(first.headers['location'])}/cancel` });
    const second = await post();
    expect(second.statusCode).toBe(202);
    await fresh.app.inject({ method: 'DELETE', url: String(second.headers['location']) });
    expect((await post()).statusCode).toBe(202);
  });

  it('has so many units and so large a body', async () => {
    const call = { model: 'tiny-reader', messages: [{ role: 'user', content: 'One is here. Two is here. Three is here.' }] };
    expect(code(await send('small', 'POST', '/v1/explanations', { call }))).toBe('too_many_units');
    expect(code(await send('free', 'POST', '/v1/explanations', { call }))).toBe(202);
    const long = (bytes: number) => ({ call, metadata: { a: 'x'.repeat(bytes) } });
    expect(code(await send('small', 'POST', '/v1/explanations', long(501)))).toBe('body_too_large');
    expect(code(await send('small', 'POST', '/v1/batches', { requests: [long(500)] }))).toBe('body_too_large');
    expect(code(await send('small', 'POST', '/v1/batches', { requests: [long(400)] }))).toBe('too_many_units');
  });

  it('may use some endpoints only', async () => {
    const names = async (owner: string) => {
      const list = (await send(owner, 'GET', '/v1/endpoints')).json<{ default: string; data: { name: string }[] }>();
      return [list.default, list.data.map(({ name }) => name)];
    };
    expect(await names('free')).toEqual(['demo', ['demo', 'other']]);
    expect(await names('elsewhere')).toEqual(['other', ['other']]);
    expect(await names('nowhere')).toEqual(['', []]);
    for (const [method, url, body] of [
      ['POST', '/v1/explanations', demoJob],
      ['POST', '/v1/estimates', demoJob],
      ['POST', '/v1/batches', { requests: [demoJob] }],
      ['POST', '/v1/endpoints/demo/probe', {}],
      ['GET', '/v1/endpoints/demo/probe', undefined],
    ] as const) {
      const reply = await send('elsewhere', method, url, body);
      expect([method, url, reply.statusCode, code(reply)]).toEqual([method, url, 403, 'endpoint_forbidden']);
    }
    const { endpoint: _, ...rest } = demoJob as { endpoint: string };
    expect((await send('elsewhere', 'POST', '/v1/explanations', rest)).json()).toMatchObject({ request: { endpoint: 'other' } });
    expect(code(await send('nowhere', 'POST', '/v1/explanations', rest))).toBe('endpoint_forbidden');
  });
});

describe('browsers', () => {
  const preflight = { origin: 'https://app.example.org', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' };

  it('of other origins read nothing unless the operator named them', async () => {
    const closed = await startStack({ workers: 0 });
    onTestFinished(() => closed.close());
    const reply = await closed.app.inject({ url: '/v1/catalogue', headers: { origin: 'https://app.example.org' } });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await closed.app.inject({ method: 'OPTIONS', url: '/v1/explanations', headers: preflight })).statusCode).toBe(405);
    expect(reply.headers).toMatchObject({ 'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'", 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
    expect(reply.headers).not.toHaveProperty('strict-transport-security');
    const page = await closed.app.inject({ url: '/docs' });
    expect(page.headers).toMatchObject({ 'cross-origin-opener-policy': 'same-origin', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(reply.headers).not.toHaveProperty('cross-origin-opener-policy');
  });

  it('of origins that the operator named read replies and their headers', async () => {
    const opened = await startStack({ workers: 0, corsOrigins: ['https://app.example.org'], keys: [{ owner: 'ann', sha256: sha256('k') }] });
    onTestFinished(() => opened.close());
    const asked = await opened.app.inject({ method: 'OPTIONS', url: '/v1/explanations', headers: preflight });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example.org', 'access-control-allow-headers': 'authorization,content-type' });
    const reply = await opened.app.inject({ url: '/v1/catalogue', headers: { origin: 'https://app.example.org', ...bearer('k') } });
    expect(reply.headers['access-control-allow-origin']).toBe('https://app.example.org');
    expect(String(reply.headers['access-control-expose-headers'])).toContain('RateLimit');
    const other = await opened.app.inject({ url: '/v1/catalogue', headers: { origin: 'https://evil.example.org', ...bearer('k') } });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect((await opened.app.inject({ url: '/nowhere' })).statusCode).toBe(404);
  });

  it('get pages under policies that let nothing in from elsewhere', async () => {
    const open = await startStack({ workers: 0 });
    onTestFinished(() => open.close());
    const docs = await open.app.inject('/docs');
    expect(docs.statusCode).toBe(200);
    const policy = String(docs.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
  });
});
