import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapiDocument } from '../../../src/api/openapi-document.ts';
import { BODY_EXAMPLES } from '../../../src/contract/examples.ts';
import { problemSchema } from '../../../src/contract/problem.ts';
import { testApp, type TestApp } from './app.ts';

type Paths = Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;

/** Puts any value anywhere into a document. */
function mutated(value: unknown, [where, what, ...rest]: readonly [number, unknown, ...number[]]): unknown {
  if (typeof value !== 'object' || value === null) return what;
  const keys = Object.keys(value);
  const key = keys[where % (keys.length + 1)];
  const copy = structuredClone(value) as Record<string, unknown>;
  if (key === undefined) return Array.isArray(value) ? [...(value as unknown[]), what] : { ...copy, extra: what };
  const [next, ...others] = rest;
  copy[key] = next === undefined ? what : mutated(copy[key], [next, what, ...others]);
  return copy;
}

const path = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 6 });
const bodies = Object.values(BODY_EXAMPLES).flatMap((examples) => Object.values(examples).map(({ value }) => value));
const body = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...bodies), path, fc.jsonValue())
      .map(([value, [first = 0, ...rest], what]) => JSON.stringify(mutated(value, [first, what, ...rest]))),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/problem+json',
    ),
    prefer: fc.oneof(
      fc.constantFrom('wait=0', 'wait=x'),
      fc.stringMatching(/^[ -~]{0,20}$/).filter((value) => !/wait/i.test(value)),
    ),
    'idempotency-key': fc.stringMatching(/^[ -~]{0,6}$/),
    'if-none-match': fc.stringMatching(/^[ -~]{0,12}$/),
    accept: fc.oneof(fc.constantFrom('text/csv', '*/*;q=0'), fc.stringMatching(/^[ -~]{0,12}$/)),
    'x-request-id': fc.stringMatching(/^[ -~]{0,12}$/),
  },
  { requiredKeys: ['content-type'] },
);
/** Not what leaves the operation's path: URLs are resolved before they are sent. */
const segment = fc.string().filter((text) => !['', '.', '..'].includes(text));
const id = fc.oneof(fc.constant('latest'), fc.constant(`exp_${'1'.padStart(26, '0')}`), segment.map(encodeURIComponent));
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('limit', 'cursor', 'status', 'x'), fc.string())
      .map(([key, value]) => `?${key}=${encodeURIComponent(value)}`),
  },
);

describe('any request', () => {
  let test: TestApp;
  let paths: Paths;
  beforeAll(async () => {
    test = await testApp();
    ({ paths } = JSON.parse(await openapiDocument('0')) as { paths: Paths });
    const made = await test.app.inject({ method: 'POST', url: '/v1/explanations', payload: bodies[0] as object });
    test.service.complete(made.json<{ id: string }>().id);
  });
  afterAll(async () => test.app.close());

  it('gets a documented status, a request id and, for an error, a problem', async () => {
    // those need the real storage: test/integration/batches.test.ts and webhooks.test.ts
    const here = Object.entries(paths).filter(([url]) => !/batches|webhooks/.test(url));
    const operations = here.flatMap(([url, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({ url, method, statuses: Object.keys(responses) })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operations),
        id,
        query,
        headers,
        body,
        async ({ url, method, statuses }, given, search, sent, payload) => {
          // the stream of a job that never ends never ends
          if (url.endsWith('/events')) test.service.completeAll();
          const reply = await test.app.inject({
            method: method.toUpperCase() as 'GET',
            url: url.replace('{id}', given) + search,
            headers: sent,
            ...(method === 'post' || method === 'delete' ? { payload } : {}),
          });
          expect(reply.headers['x-request-id']).toBeDefined();
          expect(reply.statusCode).toBeLessThan(500);
          expect(statuses).toContain(String(reply.statusCode));
          if (reply.statusCode >= 400) {
            expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
            expect(problemSchema.parse(reply.json()).status).toBe(reply.statusCode);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
