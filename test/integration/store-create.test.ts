import type { Attributes, Telemetry } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { PAYLOAD_VERSION, payloadSchema } from '../../src/contract/queue.ts';
import type { ProblemError } from '../../src/errors.ts';
import { templateOf } from '../../src/store/addition.ts';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { createQueue } from '../../src/store/queue.ts';
import { requeueLost } from '../../src/store/requeue.ts';
import { submission } from '../../src/store/submission.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { batch, bring, end, openStore, OWNER, type Store, stored, until } from './store-kit.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

let store: Store;
beforeEach(async () => {
  store = await openStore(server.url);
  onTestFinished(() => store.close());
});

describe('create', () => {
  it('puts the id and nothing else on the queue', async () => {
    const fresh = stored();
    await store.explanations.create(fresh);
    const job = await store.take();
    expect(payloadSchema.parse(job?.data)).toEqual({ version: PAYLOAD_VERSION, id: fresh.id });
    expect(job?.id).toBe(fresh.id);
    expect(job?.opts).toMatchObject({ attempts: 3, removeOnComplete: true, removeOnFail: true });
    expect(job?.opts.backoff).toEqual({ type: 'exponential', delay: 1_000, jitter: 0.5 });
    expect(JSON.stringify(await store.redis.hgetall(store.keys.queueJob(fresh.id)))).not.toContain('päß');
  });

  it('twice, as after a lost reply, is once', async () => {
    const fresh = stored();
    await store.explanations.create(fresh);
    await store.jobs.start(fresh.id);
    await store.explanations.create(fresh);
    expect(await store.explanations.read(OWNER, fresh.id)).toMatchObject({ status: 'in_progress' });
    expect(await store.health.queueDepth()).toMatchObject({ waiting: 1 });
  });

  it('refuses more than the queue may hold, and leaves nothing of what it refused', async () => {
    const small = await openStore(server.url, { maxQueue: 3 });
    onTestFinished(() => small.close());
    const tries = Array.from({ length: 12 }, () => stored());
    const outcomes = await Promise.allSettled(tries.map((one) => small.explanations.create(one)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as ProblemError] : []));
    expect(refused).toHaveLength(9);
    for (const error of refused) expect(error).toMatchObject({ code: 'queue_full', status: 503, retryAfter: 10 });
    expect((await small.explanations.list(OWNER, { limit: 50, status: null, after: null })).items).toHaveLength(3);
    expect(await small.health.queueDepth()).toMatchObject({ waiting: 3 });
    expect((await small.names()).filter((name) => name.includes(':job:'))).toHaveLength(3);
    const [next] = (await small.explanations.list(OWNER, { limit: 1, status: null, after: null })).items;
    await small.jobs.start(next?.id ?? '');
    await expect(small.explanations.create(stored())).resolves.toBeUndefined();
  });
});

/** A user that may do everything but touch the queue's lists. */
async function withoutQueue(prefix: string): Promise<string> {
  const kinds = ['job:', 'index:', 'queued', 'running', 'claim:', 'idempotency:', 'owned:', 'events:', 'open:'];
  const patterns = kinds.map((name) => `~${prefix}:${name}*`);
  const admin = connect(server.url, 'worker');
  await admin.acl('SETUSER', 'half', 'reset', 'on', '>pass word', '+@all', '&*', ...patterns, `~${prefix}:explanations:exp_*`);
  await closeConnection(admin);
  return server.url.replace('redis://', 'redis://half:pass%20word@');
}

/** What BullMQ has of a job, its id as `ID`. */
async function queueJob(id: string): Promise<Record<string, unknown> & { opts: unknown }> {
  const { opts = '', ...rest } = await store.redis.hgetall(store.keys.queueJob(id));
  return JSON.parse(JSON.stringify({ ...rest, opts: JSON.parse(opts) as unknown }).replaceAll(id, 'ID')) as Record<string, unknown> & { opts: unknown };
}

describe('an explanation and its queue job', () => {
  it('are there together: what cannot be queued is not stored', async () => {
    const half = await openStore(server.url, { prefix: store.keys.prefix, producerUrl: await withoutQueue(store.keys.prefix) });
    onTestFinished(() => half.close());
    const fresh = stored();
    await half.explanations.claimIdempotencyKey(OWNER, 'key', 'body', fresh.id);
    await expect(half.explanations.create(fresh)).rejects.toMatchObject({ code: 'storage_unavailable', retryAfter: 2 });
    expect(await store.jobs.load(fresh.id)).toBeNull();
    expect(await store.redis.exists(store.keys.events(fresh.id))).toBe(0);
    expect(await store.explanations.read(OWNER, 'latest')).toBeNull();
    expect(await store.redis.zcard(store.keys.queued)).toBe(0);
    // the key is its claimer's until released, and then free
    expect(await store.redis.exists(store.keys.claim(fresh.id))).toBe(1);
    await store.explanations.releaseIdempotencyKey(OWNER, 'key');
    expect(await store.explanations.claimIdempotencyKey(OWNER, 'key', 'body', stored().id)).toBeNull();
  });

  it('come in one script, which BullMQ queues by as it would alone', async () => {
    const [ours, theirs] = [stored(), stored()];
    await store.explanations.create(ours);
    await store.queue.add('explain', { version: PAYLOAD_VERSION, id: theirs.id }, { jobId: theirs.id });
    const [one, other] = [await queueJob(ours.id), await queueJob(theirs.id)];
    expect(one).toEqual({ ...other, timestamp: String(Date.parse(ours.createdAt)) });
    expect((await store.queue.getWaiting()).map(({ id }) => id)).toEqual([ours.id, theirs.id]);
    const events = await store.redis.xrange(`${store.keys.prefix}:explanations:events`, '-', '+');
    const of = (id: string) => events.filter(([, fields]) => fields.includes(id)).map(([, fields]) => fields.join(' ').replace(id, 'ID'));
    expect(of(ours.id)).toEqual(of(theirs.id));
    const sent: string[] = [];
    const monitor = await store.redis.monitor();
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (source !== 'lua') sent.push(command.toLowerCase());
    });
    onTestFinished(() => monitor.disconnect());
    await store.explanations.create(stored());
    await until(() => sent.length > 0);
    expect(sent).toEqual(['evalsha']);
  });

  it('are made by few scripts when many come at once', async () => {
    await store.explanations.create(stored());
    await store.redis.config('RESETSTAT');
    const tries = Array.from({ length: 40 }, (_, at) => stored({ owner: at % 2 ? 'ann' : 'bob' }));
    await Promise.all(tries.map((one) => store.explanations.create(one)));
    const scripts = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await store.redis.info('commandstats'))?.[1]);
    expect(scripts).toBeLessThanOrEqual(6);
    for (const one of tries) {
      expect(await store.explanations.read(one.owner, one.id)).toEqual(one);
      expect((await store.queue.getJob(one.id))?.data).toEqual({ version: PAYLOAD_VERSION, id: one.id });
    }
  });

  it('are made without asking BullMQ how for each', async () => {
    const template = await templateOf(store.queue, { id: 'id', created: 'created', data: 'data' });
    const values = template?.values.join('\n') ?? '';
    for (const lua of [' .. id .. ', ' .. cmsgpack.pack(created) .. ', ' .. data .. ']) expect(values).toContain(lua);
  });

  it('carry the trace that BullMQ would give the job', async () => {
    const spans: unknown[] = [];
    const startSpan: Telemetry['tracer']['startSpan'] = (name) => {
      const attributes: Attributes = {};
      const setAttributes = (more: Attributes) => void Object.assign(attributes, more);
      return { setSpanOnContext: (context: unknown) => context, setAttribute: (key, value) => setAttributes({ [key]: value }), setAttributes, addEvent: () => {}, recordException: () => {}, end: () => void spans.push([name, attributes]) };
    };
    const contextManager = { with: <R>(_context: unknown, work: () => R): R => work(), active: () => ({}), getMetadata: () => '{"traceparent":"00-1-2-01"}', fromMetadata: (context: unknown) => context };
    const queue = createQueue(store.redis, store.keys, { tracer: { startSpan }, contextManager });
    const submit = submission({ redis: store.redis, queue, keys: store.keys, maxQueue: 10, resultTtlSeconds: 60 });
    const [ours, theirs] = [stored(), stored()];
    await submit(ours, null, null);
    await queue.add('explain', { version: PAYLOAD_VERSION, id: theirs.id }, { jobId: theirs.id });
    const [one, other] = [await queueJob(ours.id), await queueJob(theirs.id)];
    expect({ ...one, timestamp: '' }).toEqual({ ...other, timestamp: '' });
    expect(one.opts).toMatchObject({ tm: '{"traceparent":"00-1-2-01"}' });
    expect(JSON.stringify(spans[0]).replaceAll(ours.id, 'ID')).toBe(JSON.stringify(spans[1]).replaceAll(theirs.id, 'ID'));
    expect(await store.explanations.read(OWNER, ours.id)).toEqual(ours);
    await queue.close();
  });

  it('where the queue job is there already, it stays the only one', async () => {
    const fresh = stored();
    await store.queue.add('explain', { version: 1, id: fresh.id }, { jobId: fresh.id });
    await store.explanations.create(fresh);
    expect(await store.explanations.read(OWNER, fresh.id)).toEqual(fresh);
    expect(await store.health.queueDepth()).toMatchObject({ waiting: 1 });
  });
});

describe('an explanation whose queue job is lost', () => {
  it.each(['queued', 'in_progress', 'cancelling'] as const)('%s, is queued again', async (status) => {
    const lost = await bring(store, status);
    const kept = await bring(store, status);
    await store.queue.remove(lost);
    const later = Date.now() + 60_000;
    const counts = await Promise.all([1, 2, 3].map(() => requeueLost(store.redis, store.queue, store.keys, later)));
    expect(Math.max(...counts)).toBe(1);
    expect(await requeueLost(store.redis, store.queue, store.keys, later)).toBe(0);
    expect(new Set((await store.queue.getWaiting()).map((job) => job.id))).toEqual(new Set([lost, kept]));
    expect(await store.health.queueDepth()).toMatchObject({ waiting: 2 });
    expect(await store.explanations.read(OWNER, lost)).toMatchObject({ status });
  });

  it('is queued again with the id of the request that submitted it, alone and in a batch', async () => {
    const own = await openStore(server.url, { requestId: () => 'req-7' });
    onTestFinished(() => own.close());
    const alone = stored();
    const member = { stored: stored(), secret: null };
    await own.explanations.create(alone);
    await own.batches.create(batch(), [member], null);
    const ids = [alone.id, member.stored.id];
    const carried = () => Promise.all(ids.map(async (id) => (await own.queue.getJob(id))?.data.request_id));
    expect(await carried()).toEqual(['req-7', 'req-7']);
    for (const id of ids) await own.queue.remove(id);
    expect(await requeueLost(own.redis, own.queue, own.keys, Date.now() + 60_000)).toBe(2);
    expect(await carried()).toEqual(['req-7', 'req-7']);
    // one of an earlier release has none
    await own.redis.hdel(own.keys.job(alone.id), 'request_id');
    await own.queue.remove(alone.id);
    expect(await requeueLost(own.redis, own.queue, own.keys, Date.now() + 60_000)).toBe(1);
    expect(await carried()).toEqual([undefined, 'req-7']);
  });

  it('is left alone while it is young: its batch may be between storing and queueing', async () => {
    const young = await bring(store, 'queued');
    const old = await bring(store, 'queued', { createdAt: new Date(Date.now() - 60_000).toISOString() });
    for (const id of [young, old]) await store.queue.remove(id);
    expect(await store.explanations.requeueLost()).toBe(1);
    expect((await store.queue.getWaiting()).map((job) => job.id)).toEqual([old]);
  });

  it('is found among many, and what is gone is forgotten', async () => {
    const createdAt = new Date(Date.now() - 60_000).toISOString();
    const ids = await Promise.all(Array.from({ length: 450 }, () => bring(store, 'queued', { createdAt })));
    const lost = ids.filter((_, turn) => turn % 3 === 0);
    const expired = ids.filter((_, turn) => turn % 3 === 1);
    await Promise.all([...lost, ...expired].map((id) => store.queue.remove(id)));
    await store.redis.unlink(expired.map(store.keys.job));
    expect(await store.explanations.requeueLost()).toBe(lost.length);
    expect(await store.redis.zcard(store.keys.queued)).toBe(300);
    expect(await store.health.queueDepth()).toMatchObject({ waiting: 300 });
  });
});

it('an ended explanation is not queued again', async () => {
  for (const status of ['completed', 'failed', 'cancelled'] as const) await store.queue.remove(await bring(store, status));
  expect(await requeueLost(store.redis, store.queue, store.keys, Date.now() + 60_000)).toBe(0);
  expect(await store.health.queueDepth()).toMatchObject({ waiting: 0 });
});

it('a queue job that ended leaves no trace, so that its id can be queued again', async () => {
  const id = await bring(store, 'queued');
  const job = await store.take();
  await store.jobs.finish(id, end());
  await job?.moveToCompleted(null, 'token', false);
  expect(await store.queue.getJob(id)).toBeUndefined();
});
