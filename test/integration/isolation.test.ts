import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, operations } from '../helpers/openapi.ts';
import { type Receiver, startReceiver, verified } from '../helpers/receiver.ts';
import { type Explanation, startStack, type Stack } from '../helpers/stack.ts';
import { sha256 } from '../unit/api/app.ts';
import { until } from './store-kit.ts';

/*
 * Two owners on one service. Every operation of the committed OpenAPI document is tried by ben on what ann has, with what
 * an owner could learn of it: ids, cursors, Idempotency-Keys, URLs of webhooks. A new operation comes in by itself; a path
 * parameter that this file does not know fails it.
 */

const MARKER = 'quokka-of-ann';
const KEY = 'the-key-of-ann';
const call = (subject: string) => ({ model: 'tiny-reader', temperature: 0, max_tokens: 8, messages: [{ role: 'user', content: `Lars has a pet tortoise. Rufus has a ${subject}. What does Lars keep?` }] });

/** Whose a path parameter is; what belongs to the operator is there for all owners. */
const OWNED: Record<string, 'explanation' | 'batch' | 'operator'> = { id: 'explanation', batch_id: 'batch', name: 'operator' };

let stack: Stack;
let receiver: Receiver;
let single: object;
let many: object;
/** What ann has, and what would give it away. */
const ann = { explanation: '', batch: '', member: '', cursor: '', secret: '', needles: [] as string[] };
let before: string[];

type Method = 'GET' | 'POST' | 'DELETE';
const send = (owner: string, method: string, url: string, payload?: object, headers: Record<string, string> = {}) =>
  stack.app.inject({ method: method as Method, url, headers: { authorization: `Bearer ${owner}`, ...headers }, ...(payload ? { payload } : {}) });

/** All that ann sees, but for what changes by itself. */
async function seenByAnn(): Promise<string[]> {
  const urls = [
    '/v1/explanations?limit=100',
    '/v1/batches?limit=100',
    ...['', '/evaluations', '/report', '/events'].map((rest) => `/v1/explanations/${ann.explanation}${rest}`),
    `/v1/explanations/${ann.member}`,
    `/v1/batches/${ann.batch}`,
    `/v1/explanations?batch=${ann.batch}`,
    '/v1/webhooks/secret',
  ];
  const replies = await Promise.all(urls.map((url) => send('ann', 'GET', url)));
  return replies.map((reply, index) => `${urls[index]} ${reply.statusCode} ${reply.body}`);
}

beforeAll(async () => {
  receiver = await startReceiver();
  receiver.answer = (path) => (path === '/gone' ? 410 : 204);
  stack = await startStack({ keys: ['ann', 'ben'].map((owner) => ({ owner, sha256: sha256(owner) })) });
  single = { endpoint: 'demo', call: call(MARKER), method: { id: 'leave-one-out' }, metadata: { note: MARKER }, webhook: { url: `${receiver.url}/gone` } };
  many = { defaults: { endpoint: 'demo', method: { id: 'leave-one-out' } }, requests: [{ call: call(MARKER) }, { call: call(MARKER) }], metadata: { note: MARKER } };
  const made = await send('ann', 'POST', '/v1/explanations', single, { 'idempotency-key': KEY, prefer: 'wait=60' });
  assert.deepEqual([made.statusCode, made.json<Explanation>().status], [200, 'completed']);
  ann.explanation = made.json<Explanation>().id;
  const batch = await send('ann', 'POST', '/v1/batches', many, { 'idempotency-key': `${KEY}-batch`, prefer: 'wait=60' });
  assert.equal(batch.statusCode, 200);
  ann.batch = batch.json<{ id: string }>().id;
  const page = (await send('ann', 'GET', `/v1/explanations?limit=1&batch=${ann.batch}`)).json<{ data: { id: string }[]; next_cursor: string }>();
  ann.member = page.data[0]?.id ?? '';
  ann.cursor = (await send('ann', 'GET', '/v1/explanations?limit=1')).json<{ next_cursor: string }>().next_cursor;
  ann.secret = (await send('ann', 'GET', '/v1/webhooks/secret')).json<{ secret: string }>().secret;
  ann.needles = [MARKER, ann.explanation, ann.batch, ann.member, ann.secret, ann.cursor, KEY, `${receiver.url}/gone`];
  await until(async () => (await send('ann', 'GET', `/v1/explanations/${ann.explanation}`)).body.includes('"disabled"'));
  before = await seenByAnn();
});
afterAll(async () => {
  await stack.close();
  await receiver.close();
});

function leaks(reply: { body: string; headers: object }): string[] {
  const text = reply.body + JSON.stringify(reply.headers);
  return ann.needles.filter((needle) => text.includes(needle));
}

const placesOf = ({ path }: Operation): string[] => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');

/** The operation's path with what is ann's in it. */
function urlOf(operation: Operation, id: string): string {
  return placesOf(operation).reduce((url, name) => {
    const kind = OWNED[name];
    if (kind === undefined) throw new Error(`whose is {${name}} of ${operation.id}? Say it in OWNED`);
    return url.replace(`{${name}}`, kind === 'explanation' ? id : kind === 'batch' ? ann.batch : 'demo');
  }, operation.path);
}

const isOwned = (operation: Operation) => placesOf(operation).some((name) => OWNED[name] !== 'operator');
const guarded = operations.filter(({ path }) => path.startsWith('/v1/'));

describe('ben', () => {
  it.each(guarded.filter(isOwned).map((operation) => [operation.id, operation] as const))('finds nothing of ann by %s', async (_, operation) => {
    for (const id of [ann.explanation, ann.member]) {
      const reply = await send('ben', operation.method, urlOf(operation, id), operation.bodies[0], { 'last-event-id': '0-0', 'if-none-match': '*', prefer: 'wait=1' });
      expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([404, 'not_found']);
      // the path that was asked for may be named, nothing more
      expect(leaks({ body: reply.body, headers: { ...reply.headers, location: undefined } })).toEqual([]);
    }
    const latest = urlOf(operation, 'latest');
    if (latest.includes('latest')) expect((await send('ben', operation.method, latest, operation.bodies[0])).statusCode).toBe(404);
    expect(await seenByAnn()).toEqual(before);
  });

  it.each(guarded.filter((operation) => !isOwned(operation)).map((operation) => [operation.id, operation] as const))('is told nothing of ann by %s', async (_, operation) => {
    const values: Record<string, string> = { cursor: ann.cursor, batch: ann.batch };
    const queries = ['', ...operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name, example }) => `?${name}=${encodeURIComponent(values[name] ?? String(example ?? 'completed'))}`)];
    for (const query of queries) {
      const reply = await send('ben', operation.method, urlOf(operation, '') + query, operation.bodies[0], { 'if-none-match': '*' });
      expect(reply.statusCode).toBeLessThan(500);
      expect([query, leaks(reply)]).toEqual([query, []]);
      if (query.startsWith('?cursor=')) expect(reply.statusCode).toBe(400);
      if (query.startsWith('?batch=')) expect(reply.json()).toEqual({ data: [], next_cursor: null });
    }
    expect(await seenByAnn()).toEqual(before);
  });

  it.each(operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key')).map(({ path, method, id }) => [id, path, method] as const))(
    'uses an Idempotency-Key of ann in %s as one of his own',
    async (id, path, method) => {
      const [payload, key] = id === 'createBatch' ? [many, `${KEY}-batch`] : [single, KEY];
      const reply = await send('ben', method, path, payload, { 'idempotency-key': key });
      expect(reply.statusCode).toBe(202);
      expect(reply.headers['idempotent-replayed']).toBeUndefined();
      expect([ann.explanation, ann.batch]).not.toContain(reply.json<{ id: string }>().id);
      const again = await send('ann', method, path, payload, { 'idempotency-key': key });
      expect([again.statusCode, again.headers['idempotent-replayed'], again.json<{ id: string }>().id]).toEqual([200, 'true', id === 'createBatch' ? ann.batch : ann.explanation]);
      await send('ben', 'DELETE', String(reply.headers['location']));
      expect(await seenByAnn()).toEqual(before);
    },
  );

  it('has webhooks, a secret and dead URLs of his own', async () => {
    const secret = (await send('ben', 'POST', '/v1/webhooks/secret/rotate')).json<{ secret: string }>().secret;
    receiver.answer = () => 204;
    const count = receiver.received.length;
    const made = await send('ben', 'POST', '/v1/explanations', { ...single, call: call('turtle'), metadata: {} }, { prefer: 'wait=60' });
    const { id } = made.json<Explanation>();
    await until(async () => (await send('ben', 'GET', `/v1/explanations/${id}`)).body.includes('"delivered"'));
    const messages = receiver.received.slice(count);
    expect(messages).toHaveLength(1);
    expect(verified(messages[0] as never, secret)).toMatchObject({ data: { id } });
    expect(() => verified(messages[0] as never, ann.secret)).toThrow('signature');
    expect(await seenByAnn()).toEqual(before);
  });
});

it('a stranger is refused by every operation that needs a key', async () => {
  for (const operation of operations.filter(({ open }) => !open)) {
    const reply = await stack.app.inject({ method: operation.method as Method, url: urlOf(operation, ann.explanation), ...(operation.bodies[0] ? { payload: operation.bodies[0] } : {}) });
    expect([operation.id, reply.statusCode]).toEqual([operation.id, 401]);
    expect(leaks(reply)).toEqual([]);
  }
});

it('the pages that are open to all tell nothing of anybody', async () => {
  for (const { path } of operations.filter(({ open }) => open)) expect(leaks(await stack.app.inject(path))).toEqual([]);
});
