import fc from 'fast-check';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import { problemSchema } from '../../src/contract/problem.ts';
import { type Operation, operations, schemaOf } from '../helpers/openapi.ts';
import { startStack, type Stack } from '../helpers/stack.ts';

/*
 * Any request, made from the committed OpenAPI document, against the whole service: a real Redis, jobs that have ended and
 * jobs that wait. Replies have a documented status and the documented shape; 503 is the only 5xx.
 */

const REQUESTS = 5_000;

let stack: Stack;
/** Ids of jobs that have ended, of some that wait and may be erased, and what else leads somewhere. */
let known: { ended: string[]; spare: string[]; batch: string; cursor: string };
let port: number;

beforeAll(async () => {
  stack = await startStack({ workers: 0, maxQueue: 300, maxBodyBytes: 50_000 });
  const worker = await stack.addWorker();
  const [job] = operations.find(({ id }) => id === 'createExplanation')?.bodies ?? [];
  const [many] = operations.find(({ id }) => id === 'createBatch')?.bodies ?? [];
  const post = async (url: string, payload: object | undefined) =>
    (await stack.app.inject({ method: 'POST', url, headers: { prefer: 'wait=60' }, ...(payload ? { payload } : {}) })).json<{ id: string; status: string }>();
  const completed = await post('/v1/explanations', job);
  const failed = await post('/v1/explanations', { ...job, completion: 'Short.', scorer: { id: 'exact' }, budget: { seconds: 0.000001 } });
  const batch = await post('/v1/batches', many);
  await post('/v1/endpoints/demo/probe', {});
  assert.deepEqual([completed.status, failed.status, batch.status], ['completed', 'failed', 'completed']);
  await worker.close();
  const cursor = (await stack.app.inject('/v1/explanations?limit=1')).json<{ next_cursor: string }>().next_cursor;
  const spare = await Promise.all(Array.from({ length: 40 }, async () => (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: job ?? {} })).json<{ id: string }>().id));
  known = { ended: [completed.id, failed.id], spare, batch: batch.id, cursor };
  await stack.app.listen({ host: '127.0.0.1', port: 0 });
  const address = stack.app.server.address();
  port = typeof address === 'object' && address ? address.port : 0;
}, 180_000);
afterAll(() => stack?.close());

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

const strange = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>('', null, -1, 0, 1e308, 'x'.repeat(3_000), [], {}, { url: 'http://127.0.0.1/' }, [[[[]]]], '\u0000', '2026-01-01T00:00:00Z'));
const steps = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 6 });
const examples = operations.flatMap(({ bodies }) => bodies);

/** Bodies for an operation: its examples as they are, changed anywhere, those of others, and what is no JSON. */
function bodiesOf({ bodies }: Operation): fc.Arbitrary<string> {
  const own = bodies.length > 0 ? bodies : examples;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...own).map((body) => JSON.stringify(body)) },
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...own), steps, strange).map(([body, [first = 0, ...rest], what]) => JSON.stringify(mutated(body, [first, what, ...rest]))) },
    { weight: 1, arbitrary: fc.constantFrom(...examples).map((body) => JSON.stringify(body)) },
    { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('{"a":', '[]', 'null', '{"call":{"messages":[]}}', '"\ud800"', 'x'.repeat(60_000))) },
  );
}

const word = fc.stringMatching(/^[ -~]{0,20}$/);
const strangeHeaders = fc.record(
  {
    'content-type': fc.oneof({ weight: 6, arbitrary: fc.constant('application/json') }, { weight: 1, arbitrary: fc.constantFrom('application/json; charset=utf-8', 'text/plain', 'application/problem+json', '') }),
    prefer: fc.oneof(fc.constantFrom('wait=0', 'wait=x', 'wait=61', 'respond-async'), word.filter((value) => !/wait/i.test(value))),
    'idempotency-key': fc.stringMatching(/^[ -~]{0,4}$/),
    'if-none-match': word,
    'last-event-id': fc.oneof(fc.constantFrom('', '0-0', '9999999999999-0'), word),
    accept: fc.oneof(fc.constantFrom('text/csv', 'text/html', 'text/markdown', 'application/json', '*/*;q=0'), word),
    authorization: word,
    origin: word,
    'x-request-id': word,
  },
  { requiredKeys: ['content-type'] },
);

const headersOf = fc.oneof({ weight: 1, arbitrary: fc.constant({ 'content-type': 'application/json' }) }, { weight: 1, arbitrary: strangeHeaders });

/** Not what leaves the operation's path: URLs are resolved before they are sent. */
const segment = fc.string().filter((text) => !['', '.', '..'].includes(text)).map(encodeURIComponent);

/** Values of a path parameter. A stream of a job that waits has no end, and what has ended is not to be erased. */
function idsOf({ id, method }: Operation, name: string): fc.Arbitrary<string> {
  const real: Record<string, string[]> = {
    id: id === 'followExplanation' ? known.ended : method === 'DELETE' ? known.spare : [...known.ended, ...known.ended, 'latest', `exp_${'1'.padStart(26, '0')}`],
    batch_id: method === 'DELETE' ? ['bat_none'] : [known.batch],
    name: ['demo'],
  };
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...(real[name] ?? ['latest'])) }, { weight: 1, arbitrary: segment.filter((text) => text !== 'latest') });
}

function urlOf(operation: Operation): fc.Arbitrary<string> {
  const places = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const names = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const value = fc.oneof(fc.constantFrom('1', '100', '101', 'completed', known.batch, known.cursor, '2026-11-23T09:00:00Z', 'demo', 'tiny-reader'), fc.string());
  const pair = fc.tuple(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names, 'limit') }, { weight: 1, arbitrary: fc.string() }), value);
  const query = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.array(pair, { minLength: 1, maxLength: 3 }).map((pairs) => `?${new URLSearchParams(pairs).toString()}`) });
  return fc
    .tuple(fc.tuple(...places.map((name) => idsOf(operation, name))), query)
    .map(([ids, search]) => places.reduce((url, name, index) => url.replace(`{${name}}`, () => ids[index] ?? ''), operation.path) + search);
}

const anyRequest = () =>
  fc.constantFrom(...operations).chain((operation) => fc.record({ operation: fc.constant(operation), url: urlOf(operation), headers: headersOf, body: bodiesOf(operation) }));

const schemas = new Map<object, ZodType>();

/** The schema that the document has for a reply; made once. */
function documented({ replies, id }: Operation, status: number, type: string): ZodType | null {
  const content = replies[String(status)];
  if (content === undefined) throw new Error(`${id} does not document ${status}`);
  if (Object.keys(content).length === 0) return null;
  const schema = content[type];
  if (schema === undefined) throw new Error(`${id} does not document ${type} for ${status}`);
  const made = schemas.get(schema) ?? schemaOf(schema);
  schemas.set(schema, made);
  return made;
}

describe('any request', () => {
  it(`gets a documented status and shape (${REQUESTS} of them)`, async () => {
    const tally = new Map<string, { sent: number; fine: number }>(operations.map(({ id }) => [id, { sent: 0, fine: 0 }]));
    await fc.assert(
      fc.asyncProperty(anyRequest(), async ({ operation, url, headers, body }) => {
        const method = operation.method as 'GET';
        const reply = await stack.app.inject({ method, url, headers, ...(operation.method === 'GET' ? {} : { payload: body }) });
        const count = tally.get(operation.id);
        if (count) {
          count.sent += 1;
          if (reply.statusCode < 300) count.fine += 1;
        }
        expect(reply.headers['x-request-id']).toBeDefined();
        if (reply.statusCode >= 500) expect(reply.statusCode).toBe(503);
        const type = (reply.headers['content-type'] ?? '').split(';')[0] ?? '';
        const schema = documented(operation, reply.statusCode, type);
        if (schema === null) expect(reply.body).toBe('');
        else schema.parse(type.endsWith('json') ? JSON.parse(reply.body) : reply.body);
        if (reply.statusCode >= 400 && operation.id !== 'readReadiness') expect(problemSchema.parse(JSON.parse(reply.body)).status).toBe(reply.statusCode);
      }),
      { numRuns: REQUESTS },
    );
    expect([...tally.values()].reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThanOrEqual(REQUESTS);
    // every operation was tried often and served at times; these need a worker, or what other requests may have taken away
    const never = [...tally].filter(([, { sent, fine }]) => sent < REQUESTS / 100 || fine === 0).map(([id]) => id);
    expect(never.filter((id) => !['probeEndpoint', 'readReadiness', 'deleteBatch'].includes(id))).toEqual([]);
  }, 600_000);
});

/** Everything that comes back for these bytes, until the other side closes or says no more. */
async function raw(bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.end(bytes);
  await Promise.race([once(socket, 'close'), sleep(500)]);
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

const line = fc.oneof(
  fc.constantFrom('GET /healthz HTTP/1.1', 'POST /v1/explanations HTTP/1.1', 'GET / HTTP/9.9', 'get /healthz http/1.1', 'BREW /pot HTTP/1.1', 'GET  /healthz HTTP/1.1', 'PRI * HTTP/2.0', 'GET http://[::1 HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'GET /%zz HTTP/1.1', `GET /${'a'.repeat(20_000)} HTTP/1.1`, 'TRACE / HTTP/1.1', 'OPTIONS * HTTP/1.1'),
  fc.string(),
);
const field = fc.oneof(
  fc.constantFrom('Host: x', 'Host:', 'Content-Length: 5', 'Content-Length: -1', 'Content-Length: 5, 6', 'Content-Length: 99999999999', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip', 'Content-Type: application/json', 'Expect: 100-continue', 'Expect: tea', 'Upgrade: websocket', 'Connection: upgrade', ' folded', 'No-Colon', ': none', `Long: ${'y'.repeat(20_000)}`, 'Prefer: wait=0', 'Authorization: Bearer \u0000'),
  fc.string(),
);
const tail = fc.oneof(fc.constantFrom('', '{}', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\n', '{"call":', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'), fc.string());
const message = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(line, fc.array(field, { maxLength: 6 }), tail, fc.constantFrom('\r\n', '\n')).map(([first, fields, rest, end]) => Buffer.from([first, ...fields, '', rest].join(end), 'latin1')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
);

describe('any bytes', () => {
  it('are answered by HTTP without a fault of the service, or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (bytes) => {
        const reply = await raw(bytes);
        if (reply === '') return;
        const [, status = ''] = /^HTTP\/1\.1 (\d{3}) /.exec(reply) ?? [];
        expect(status).toMatch(/^(1\d\d|[234]\d\d|503)$/);
        const [head = '', body = ''] = reply.split('\r\n\r\n');
        // Node answers by itself, with a status and an empty body, what lacks a Host or expects what it does not know
        if (Number(status) >= 400 && !['', '0'].includes(body)) expect(head.toLowerCase()).toContain('application/problem+json');
      }),
      { numRuns: 400 },
    );
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  }, 600_000);
});
