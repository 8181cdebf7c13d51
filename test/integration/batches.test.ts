import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchSchema } from '../../src/contract/batches.ts';
import { BODY_EXAMPLES } from '../../src/contract/examples.ts';
import { explanationSchema } from '../../src/contract/resource.ts';
import { type Receiver, startReceiver, verified } from '../helpers/receiver.ts';
import { startStack } from '../helpers/stack.ts';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { scan, until } from './store-kit.ts';

/*
 * Batches of the whole service: a real Redis, the demo model, workers.
 */

interface Problem {
  code: string;
  detail: string;
  errors: { pointer: string; message: string }[];
}

const call = { model: 'tiny-reader', temperature: 0, max_tokens: 8 };
const item = (index: number) => ({ call: { messages: [{ role: 'user', content: `Case ${index}. Lars has a pet tortoise. What does Lars keep?` }] }, metadata: { case: String(index) } });
const defaults = { endpoint: 'demo', call, method: { id: 'leave-one-out' }, metadata: { run: 'a' } };
const batchOf = (count: number, more: object = {}) => ({ defaults, requests: Array.from({ length: count }, (_, index) => item(index)), ...more });

/** The service with what is asked of it by the tests. */
async function open(options: Parameters<typeof startStack>[0] = {}) {
  const stack = await startStack(options);
  const { app } = stack;
  const post = (payload: object | string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/v1/batches', payload, headers: { 'content-type': 'application/json', ...headers } });
  const accepted = async (payload: object) => {
    const reply = await post(payload);
    expect([reply.statusCode, reply.statusCode === 202 ? '' : reply.body]).toEqual([202, '']);
    return batchSchema.parse(reply.json());
  };
  const read = async (id: string) => batchSchema.parse((await app.inject(`/v1/batches/${id}`)).json());
  const ended = async (id: string) => {
    await until(async () => (await read(id)).finished_at !== null);
    return read(id);
  };
  const members = async (id: string) => {
    const found: ReturnType<typeof explanationSchema.parse>[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ batch: id, limit: '100', ...(cursor === '' ? {} : { cursor }) });
      const page: { data: unknown[]; next_cursor: string | null } = (await app.inject(`/v1/explanations?${query.toString()}`)).json();
      found.push(...page.data.map((one) => explanationSchema.parse(one)));
      cursor = page.next_cursor;
    }
    return found;
  };
  return { stack, app, post, accepted, read, ended, members };
}

const counts = (change: object) => ({ total: 0, queued: 0, in_progress: 0, cancelling: 0, completed: 0, failed: 0, cancelled: 0, ...change });

describe('a batch that runs', () => {
  let service: Awaited<ReturnType<typeof open>>;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    service = await open();
  });
  afterAll(async () => {
    await service.stack.close();
    await receiver.close();
  });

  it('explains every request with the defaults under it, and tells of its end once', async () => {
    const made = await service.accepted(batchOf(5, { metadata: { set: 'x' }, webhook: { url: `${receiver.url}/batch` } }));
    expect(made).toMatchObject({ object: 'batch', status: 'queued', counts: counts({ total: 5, queued: 5 }), metadata: { set: 'x' }, finished_at: null });
    const done = await service.ended(made.id);
    expect(done).toMatchObject({ status: 'completed', counts: counts({ total: 5, completed: 5 }) });
    expect(done.expires_at).not.toBeNull();
    const jobs = await service.members(made.id);
    expect(jobs.map(({ batch }) => batch)).toEqual([4, 3, 2, 1, 0].map((index) => ({ id: made.id, index })));
    expect(jobs.map(({ metadata }) => metadata)).toEqual([4, 3, 2, 1, 0].map((index) => ({ run: 'a', case: String(index) })));
    for (const job of jobs) {
      expect(job).toMatchObject({ status: 'completed', request: { endpoint: 'demo', method: { id: 'leave-one-out' }, call: { model: 'tiny-reader', max_tokens: 8 } } });
      expect(job.result?.attributions).toHaveLength(1);
    }
    expect(jobs.reduce((sum, { estimate }) => sum + (estimate?.calls ?? 0), 0)).toBe(made.estimate?.calls);
    await until(async () => (await service.read(made.id)).webhook?.status === 'delivered');
    const { secret } = (await service.app.inject('/v1/webhooks/secret')).json<{ secret: string }>();
    const messages = await receiver.arrived('/batch', 1);
    expect(messages.map((message) => verified(message, secret))).toMatchObject([{ type: 'batch.completed', data: { id: made.id, object: 'batch', status: 'completed', batch_id: null } }]);
  });

  it('says what changed by its ETag, and waits for its end when asked to', async () => {
    const reply = await service.post(batchOf(2), { prefer: 'wait=60' });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({ 'preference-applied': 'wait=60', location: `/v1/batches/${reply.json<{ id: string }>().id}` });
    expect(reply.headers['retry-after']).toBeUndefined();
    const url = String(reply.headers['location']);
    const same = await service.app.inject({ url, headers: { 'if-none-match': String(reply.headers['etag']) } });
    expect([same.statusCode, same.body]).toEqual([304, '']);
  });

  it('keeps going when some of its explanations fail', async () => {
    const impossible = { ...item(1), completion: 'Short.', scorer: { id: 'exact' }, budget: { seconds: 0.000001 } };
    const made = await service.accepted({ defaults, requests: [item(0), impossible] });
    const done = await service.ended(made.id);
    const [failed, fine] = await service.members(made.id);
    expect([failed?.status, fine?.status]).toEqual(['failed', 'completed']);
    expect(done).toMatchObject({ status: 'completed', counts: counts({ total: 2, completed: 1, failed: 1 }) });
  });

  it('is behind what was asked for by itself', async () => {
    const made = await service.accepted(batchOf(40));
    const single = await service.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...defaults, ...item(99), call: { ...call, ...item(99).call } }, headers: { prefer: 'wait=60' } });
    expect(single.statusCode).toBe(200);
    expect((await service.read(made.id)).counts.queued).toBeGreaterThan(0);
    await service.ended(made.id);
  });
});

describe('a batch that waits', () => {
  let service: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    service = await open({ workers: 0, maxQueue: 1_500 });
  });
  afterAll(() => service.stack.close());

  it('of a thousand is taken in at once, counted, listed in order, cancelled, and erased without a trace', async () => {
    const made = await service.accepted(batchOf(1_000));
    expect(made.counts).toEqual(counts({ total: 1_000, queued: 1_000 }));
    const jobs = await service.members(made.id);
    expect(jobs.map(({ batch }) => batch?.index)).toEqual(Array.from({ length: 1_000 }, (_, index) => 999 - index));
    const full = await service.post(batchOf(600));
    expect([full.statusCode, full.json<Problem>().code]).toEqual([503, 'queue_full']);
    expect((await service.read(made.id)).counts.queued).toBe(1_000);
    const cancelled = await service.app.inject({ method: 'POST', url: `/v1/batches/${made.id}/cancel` });
    expect(cancelled.statusCode).toBe(200);
    expect(cancelled.json()).toMatchObject({ status: 'cancelled', counts: counts({ total: 1_000, cancelled: 1_000 }) });
    const again = await service.app.inject({ method: 'POST', url: `/v1/batches/${made.id}/cancel` });
    expect([again.statusCode, again.body]).toEqual([200, cancelled.body]);
    expect((await service.app.inject('/metrics')).body).toContain('wherefore_jobs_ended_total{method="leave-one-out",status="cancelled"} 1000\n');
    expect((await service.app.inject({ method: 'DELETE', url: `/v1/batches/${made.id}` })).statusCode).toBe(204);
    expect((await service.app.inject(`/v1/batches/${made.id}`)).statusCode).toBe(404);
    expect(await service.members(made.id)).toEqual([]);
    expect((await service.app.inject('/v1/explanations')).json()).toMatchObject({ data: [] });
    const redis = connect(service.stack.redis.url, 'producer');
    await until(() => redis.status === 'ready');
    const left = await scan(redis, '*');
    await closeConnection(redis);
    expect(left.filter((name) => name.includes('exp_') || name.includes('bat_'))).toEqual([]);
  });

  it('takes a thousand requests and no more', async () => {
    const reply = await service.post(batchOf(1_001));
    expect([reply.statusCode, reply.json<Problem>().errors[0]?.pointer]).toEqual([400, '/requests']);
  });

  it.each([
    ['an unknown field', { ...item(1), sed: 1 }, 400, 'validation_failed', '/requests/1/sed'],
    ['a call without messages', { call: { model: 'm' } }, 400, 'validation_failed', '/requests/1/call'],
    ['an unknown endpoint', { ...item(1), endpoint: 'nowhere' }, 422, 'unknown_endpoint', '/requests/1/endpoint'],
    ['a call with nothing to explain', { call: { messages: [{ role: 'user', content: ' ', explain: 'fixed' }] } }, 422, 'nothing_to_explain', '/requests/1/call'],
    ['no object', 7, 400, 'validation_failed', '/requests/1'],
  ])('is refused as a whole for %s, with the place', async (_, wrong, status, code, pointer) => {
    const before = (await service.app.inject('/v1/explanations')).body;
    const reply = await service.post({ defaults, requests: [item(0), wrong, item(2)] });
    expect([reply.statusCode, reply.json<Problem>().code]).toEqual([status, code]);
    expect(reply.json<Problem>().errors.map((fault) => fault.pointer)).toContain(pointer);
    expect((await service.app.inject('/v1/explanations')).body).toBe(before);
    expect((await service.app.inject('/v1/batches')).json<{ data: { counts: { total: number } }[] }>().data.every(({ counts: { total } }) => total !== 3)).toBe(true);
  });

  it('names every request that cannot be served', async () => {
    const wrong = { ...item(1), endpoint: 'nowhere' };
    const { code, detail, errors } = (await service.post({ defaults, requests: [wrong, item(1), wrong] })).json<Problem>();
    expect({ code, pointers: errors.map(({ pointer }) => pointer) }).toEqual({ code: 'unknown_endpoint', pointers: ['/requests/0/endpoint', '/requests/2/endpoint'] });
    expect(detail).toContain('nothing was queued');
  });

  it('refuses defaults that are none of a request', async () => {
    const reply = await service.post({ defaults: { sed: 1 }, requests: [item(0)] });
    expect(reply.statusCode).toBe(400);
    expect(reply.json<Problem>().errors.map(({ pointer }) => pointer)).toContain('/defaults/sed');
  });

  it('is stored once per Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'batch-1' };
    const [first, second] = await Promise.all([service.post(batchOf(3), headers), service.post(batchOf(3), headers)]);
    expect(new Set([first.statusCode, second.statusCode])).toEqual(new Set([200, 202]));
    expect(first.json<{ id: string }>().id).toBe(second.json<{ id: string }>().id);
    expect([first, second].map((reply) => reply.headers['idempotent-replayed']).filter(Boolean)).toEqual(['true']);
    const other = await service.post(batchOf(2), headers);
    expect([other.statusCode, other.json<Problem>().code]).toEqual([422, 'idempotency_key_reused']);
    const elsewhere = await service.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...item(0) }, headers });
    expect([elsewhere.statusCode, elsewhere.json<Problem>().code]).toEqual([422, 'idempotency_key_reused']);
    expect((await service.app.inject({ method: 'DELETE', url: `/v1/batches/${first.json<{ id: string }>().id}` })).statusCode).toBe(204);
    expect((await service.post(batchOf(2), headers)).statusCode).toBe(202);
  });

  it('counts an explanation that is erased no more, and ends with the last one', async () => {
    const { id } = await service.accepted(batchOf(2));
    const jobs = await service.members(id);
    for (const [place, job] of jobs.entries()) {
      expect((await service.app.inject({ method: 'DELETE', url: `/v1/explanations/${job.id}` })).statusCode).toBe(204);
      expect((await service.read(id)).counts.total).toBe(1 - place);
    }
    expect(await service.read(id)).toMatchObject({ status: 'completed', counts: counts({}) });
  });

  it('is listed newest first, a page at a time', async () => {
    const made = [await service.accepted(batchOf(1)), await service.accepted(batchOf(1)), await service.accepted(batchOf(1))].map(({ id }) => id);
    const first = (await service.app.inject('/v1/batches?limit=2')).json<{ data: { id: string }[]; next_cursor: string }>();
    expect(first.data.map(({ id }) => id)).toEqual([made[2], made[1]]);
    const second = (await service.app.inject(`/v1/batches?limit=1&cursor=${first.next_cursor}`)).json<{ data: { id: string }[] }>();
    expect(second.data.map(({ id }) => id)).toEqual([made[0]]);
    expect((await service.app.inject(`/v1/explanations?cursor=${first.next_cursor}`)).json()).toMatchObject({ code: 'invalid_cursor' });
  });
});

it('the examples run', async () => {
  const service = await open({ workers: 0 });
  try {
    for (const { value } of Object.values(BODY_EXAMPLES['createBatch'] ?? {})) expect((await service.accepted(value as object)).status).toBe('queued');
  } finally {
    await service.stack.close();
  }
});
