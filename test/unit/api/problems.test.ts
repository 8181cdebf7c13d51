import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_DEPTH } from '../../../src/api/plugins/json-body.ts';
import { ProblemError } from '../../../src/errors.ts';
import { BODY, expectProblem, MAX_BODY_BYTES, testApp, type TestApp } from './app.ts';
import { MemoryService } from './memory-service.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('problems of the HTTP surface', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await testApp();
  });
  afterAll(async () => test.app.close());

  const post = (payload: string | object, headers: Record<string, string> = JSON_TYPE) =>
    test.app.inject({ method: 'POST', url: '/v1/explanations', headers, payload });

  it('points to every unknown field', async () => {
    expect(expectProblem(await post({ ...BODY, sed: 1, 'a/b~c': 2 }), 'validation_failed')).toEqual(['/sed', '/a~1b~0c']);
  });

  it('points to an unknown option of a part', async () => {
    const reply = await post({ ...BODY, scorer: { id: 'chrf', options: { orders: 3 } } });
    expect(expectProblem(reply, 'validation_failed')).toEqual(['/scorer/options/orders']);
  });

  it('refuses a call without anything to ask', async () => {
    expect(expectProblem(await post({ call: {} }), 'validation_failed')).toEqual(['/call']);
  });

  it('refuses a missing body, whatever the media type says', async () => {
    expect(expectProblem(await test.app.inject({ method: 'POST', url: '/v1/explanations' }), 'validation_failed')).toEqual(['']);
    expect(expectProblem(await post(''), 'validation_failed')).toEqual(['']);
    expect(expectProblem(await post('null'), 'validation_failed')).toEqual(['']);
  });

  it('refuses a body over the limit', async () => {
    expect(expectProblem(await post({ ...BODY, metadata: { a: 'x'.repeat(MAX_BODY_BYTES) } }), 'body_too_large')).toEqual(['']);
  });

  it('takes a body of exactly the limit', async () => {
    const bare = JSON.stringify({ ...BODY, metadata: {} });
    const text = bare.replace('clear', `clear${'x'.repeat(MAX_BODY_BYTES - bare.length)}`);
    expect(Buffer.byteLength(text)).toBe(MAX_BODY_BYTES);
    expect((await post(text)).statusCode).toBe(202);
  });

  it('points to lone surrogates, in texts and under keys', async () => {
    const text = '{"call":{"messages":[{"role":"user","content":"a \\ud800 b"}]},"metadata":{"\\udc00":"x"}}';
    expect(expectProblem(await post(text), 'validation_failed')).toEqual(['/call/messages/0/content', '/metadata']);
  });

  it('takes surrogate pairs and every other plane', async () => {
    expect((await post({ ...BODY, metadata: { face: '😀', word: 'żółw', zero: '\u0000' } })).statusCode).toBe(202);
  });

  it('names at most fifty faults', async () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`x${index}`, 1]));
    expect(expectProblem(await post({ ...BODY, ...many }), 'validation_failed')).toHaveLength(50);
    const surrogates = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`x${index}`, '#']));
    expect(
      expectProblem(
        await post(JSON.stringify({ ...BODY, metadata: surrogates }).replaceAll('#', '\\ud800')),
        'validation_failed',
      ),
    ).toHaveLength(50);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense'])(
    'refuses the media type %s',
    async (type) => {
      expectProblem(await post(JSON.stringify(BODY), { 'content-type': type }), 'unsupported_media_type');
    },
  );

  it('refuses a body that does not say what it is', async () => {
    const reply = await test.app.inject({ method: 'POST', url: '/v1/explanations', payload: Buffer.from(JSON.stringify(BODY)) });
    expectProblem(reply, 'unsupported_media_type');
  });

  it('takes a charset and a byte order mark', async () => {
    expect((await post(`\ufeff${JSON.stringify(BODY)}`, { 'content-type': 'application/json; charset=utf-8' })).statusCode).toBe(
      202,
    );
  });

  it.each(['{', '{"call":}', '{"a":1,}', "{'a':1}", 'NaN', '{} {}', '"\\x"'])('refuses %s, which is not JSON', async (text) => {
    expectProblem(await post(text), 'invalid_json');
  });

  it.each([
    ['{"a":1,}', 'line 1, column 8'],
    ['{"call":\n}', 'line 2, column 1'],
    ['{"call":', 'it breaks off after 8 characters'],
    ['{"call": {"a": [1, 2', 'it breaks off after 20 characters'],
    ['{"call": 1} {}', 'line 1, column 13'],
    ["{'a': 1}", 'line 1, column 2'],
  ])('says where %j is not JSON', async (text, place) => {
    expect((await post(text)).json()).toMatchObject({ detail: `The body is not JSON: ${place}.` });
  });

  it('refuses what never ends, however deep', async () => {
    expectProblem(await post('['.repeat(100_000)), 'invalid_json');
  });

  it('does not repeat the body when it is not JSON', async () => {
    const reply = await post('{"call": {"messages": [{"content": confidential}]}}');
    expectProblem(reply, 'invalid_json');
    expect(reply.body).not.toContain('confidential');
  });

  it('refuses bytes that are not UTF-8', async () => {
    const reply = await test.app.inject({
      method: 'POST',
      url: '/v1/explanations',
      headers: JSON_TYPE,
      payload: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    });
    expectProblem(reply, 'invalid_json');
  });

  it('refuses bodies nested too deeply, without running out of stack', async () => {
    const nested = (levels: number) =>
      `{"call":{"messages":[{"role":"user","content":"A. B."}],"x":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    expectProblem(await post(nested(40_000)), 'validation_failed');
    expectProblem(await post(nested(MAX_DEPTH)), 'validation_failed');
    expect((await post(nested(MAX_DEPTH - 1))).statusCode).toBe(202);
  });

  it('refuses a key that copying would swallow', async () => {
    expectProblem(await post('{"call":{"__proto__":{"messages":[]},"prompt":"A. B."}}'), 'validation_failed');
  });

  it.each(['/', '/v1', '/v1/explanation', '/v2/explanations', '/v1/explanations/latest/replay', '/docs'])(
    'has nothing under %s',
    async (url) => {
      expectProblem(await test.app.inject({ method: 'GET', url }), 'not_found');
    },
  );

  it('says 404 before it looks at a body', async () => {
    expectProblem(await test.app.inject({ method: 'POST', url: '/nowhere', headers: JSON_TYPE, payload: '{' }), 'not_found');
  });

  it.each([
    ['PUT', '/v1/explanations', 'GET, HEAD, POST'],
    ['DELETE', '/v1/explanations?limit=2', 'GET, HEAD, POST'],
    ['POST', '/v1/explanations/latest', 'DELETE, GET, HEAD'],
    ['GET', '/v1/explanations/latest/cancel', 'POST'],
    ['GET', '/v1/estimates', 'POST'],
    ['OPTIONS', '/v1/catalogue', 'GET, HEAD'],
    ['PATCH', '/healthz', 'GET, HEAD'],
  ] as const)('does not take %s on %s', async (method, url, allow) => {
    const reply = await test.app.inject({ method, url, headers: { 'content-type': 'text/plain' }, payload: 'x' });
    expectProblem(reply, 'method_not_allowed');
    expect(reply.headers.allow).toBe(allow);
  });

  it.each(['nope', 'exp_1', 'exp_0000000000000000000000000A', `exp_${'0'.repeat(27)}`, 'LATEST', '%20latest'])('knows nothing of the id %s', async (id) => {
    expectProblem(await test.app.inject({ method: 'GET', url: `/v1/explanations/${id}` }), 'not_found');
  });

  it.each(['/v1/explanations/%zz', '/%', `/v1/explanations/${'x'.repeat(5_000)}`])(
    'refuses a path that cannot be read (%#)',
    async (url) => {
      expectProblem(await test.app.inject({ method: 'GET', url }), 'validation_failed');
    },
  );

  it.each(['wait', 'wait=', 'wait=-1', 'wait=61', 'wait=1.5', 'wait=ten', 'respond-async, wait=9999'])(
    'refuses Prefer: %s',
    async (prefer) => {
      expect(expectProblem(await post(BODY, { ...JSON_TYPE, prefer }), 'validation_failed')).toEqual(['/prefer']);
    },
  );

  it.each(['', 'é', 'x'.repeat(256)])('refuses the Idempotency-Key %j', async (key) => {
    expect(expectProblem(await post(BODY, { ...JSON_TYPE, 'idempotency-key': key }), 'validation_failed')).toEqual([
      '/idempotency-key',
    ]);
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=ten', '/limit'],
    ['limit=2.5', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['status=done', '/status'],
    ['cursor=', '/cursor'],
    ['state=completed', '/state'],
  ])('refuses the query %s', async (query, pointer) => {
    expect(
      expectProblem(await test.app.inject({ method: 'GET', url: `/v1/explanations?${query}` }), 'validation_failed'),
    ).toEqual([pointer]);
  });

  it('refuses a cursor of no list', async () => {
    expectProblem(await test.app.inject({ method: 'GET', url: '/v1/explanations?cursor=bm9wZQ' }), 'invalid_cursor');
  });

  it('passes on what the service refuses, with its pointer', async () => {
    expect(expectProblem(await post({ ...BODY, endpoint: 'other' }), 'unknown_endpoint')).toEqual(['/endpoint']);
  });
});

describe('errors of the service', () => {
  class Broken extends MemoryService {
    readonly error: Error;

    constructor(error: Error) {
      super();
      this.error = error;
    }

    override async read(): Promise<never> {
      throw this.error;
    }
  }

  async function replyTo(error: Error) {
    const { app } = await testApp({ service: new Broken(error) });
    const reply = await app.inject({ method: 'GET', url: '/v1/explanations/latest' });
    await app.close();
    return reply;
  }

  it('says nothing of an unexpected error', async () => {
    const reply = await replyTo(Object.assign(new TypeError('secret of the inside'), { statusCode: 500 }));
    expectProblem(reply, 'internal');
    expect(reply.body).not.toContain('secret');
    expect(reply.headers['retry-after']).toBeUndefined();
  });

  it.each([
    [new ProblemError('storage_unavailable', 'Redis is away.'), '5'],
    [new ProblemError('queue_full', 'The queue is full.', { retryAfter: 12.2 }), '13'],
    [new ProblemError('rate_limited', 'Slower.'), '1'],
    [new ProblemError('not_finished', 'Not yet.'), '1'],
  ])('says when to ask again (%s)', async (error, seconds) => {
    const reply = await replyTo(error);
    expectProblem(reply, error.code);
    expect(reply.headers['retry-after']).toBe(seconds);
  });
});
