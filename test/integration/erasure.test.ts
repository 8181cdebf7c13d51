import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallerPolicy } from '../../src/endpoints/index.ts';
import { createVault } from '../../src/store/vault.ts';
import { startModelServer } from '../helpers/model-server.ts';
import { startReceiver } from '../helpers/receiver.ts';
import { dumpRedis, placesOf } from '../helpers/redis-dump.ts';
import { ended, type Explanation, type Stack, startStack } from '../helpers/stack.ts';
import { until } from './store-kit.ts';

/*
 * After DELETE nothing in Redis holds the prompt, the completion or the key of the job. Everything is looked through:
 * every key of every type, streams and BullMQ's own among them, compressed values unpacked.
 */

const PROMPT = 'the marmoset of Antananarivo';
const ANSWER = 'a quagga from Ouagadougou';
const KEY = 'sk-erasure-0123456789abcdef';
const METADATA = 'ticket-of-the-customer-42';
const MARKS = [PROMPT, ANSWER, KEY, METADATA];

const OPEN: CallerPolicy = { hosts: null, allowHttp: true, allowPrivateNetwork: true, concurrency: 4, maxBatch: 8, requestsPerMinute: null, tokensPerMinute: null, timeoutSeconds: 20 };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function open(workers = 1, hold?: () => Promise<void>) {
  const embed = ({ input }: Record<string, unknown>) => ({ data: (input as string[]).map((text, index) => ({ index, embedding: [text.length, 1] })), usage: { prompt_tokens: 8, total_tokens: 8 } });
  const model = await startModelServer({ answer: ({ text }) => (text.includes('marmoset') ? ANSWER : 'It is not known here.'), apiKey: KEY, routes: { '/v1/embeddings': embed }, ...(hold ? { hold } : {}) });
  closers.push(() => model.close());
  const receiver = await startReceiver();
  closers.push(() => receiver.close());
  const stack = await startStack({ workers, callers: OPEN, vault: createVault([{ id: 'a', key: randomBytes(32) }]) });
  closers.push(() => stack.close());
  const request = {
    endpoint: { base_url: model.url, api_key: KEY, embedding_model: 'e' },
    call: { model: 'm', temperature: 0, messages: [{ role: 'user', content: `The hay is dry. Here is ${PROMPT}. The barn is red. What is it?` }] },
    method: { id: 'leave-one-out' },
    scorer: { id: 'embedding' },
    webhook: { url: `${receiver.url}/done` },
    metadata: { ticket: METADATA },
  };
  return { stack, request, model };
}

async function submit({ app }: Stack, request: object): Promise<string> {
  const reply = await app.inject({ method: 'POST', url: '/v1/explanations', payload: request, headers: { 'idempotency-key': `once ${PROMPT}` } });
  expect([reply.statusCode, reply.body]).toEqual([202, expect.any(String)]);
  return reply.json<Explanation>().id;
}

const places = async ({ redis }: Stack) => placesOf(await dumpRedis(redis.url), MARKS);
/** Keys that are named after the job. */
const named = async ({ redis }: Stack, id: string) => (await dumpRedis(redis.url)).filter(({ key }) => key.includes(id)).map(({ key }) => key);
/** Outcomes that are kept of anybody's jobs. */
const outcomes = async ({ redis }: Stack) => (await dumpRedis(redis.url)).filter(({ key }) => key.includes(':outcome:')).length;

async function erased(stack: Stack, id: string): Promise<void> {
  expect((await stack.app.inject({ method: 'DELETE', url: `/v1/explanations/${id}` })).statusCode).toBe(204);
}

/** No worker holds a job, so nothing more is written. */
async function idle(stack: Stack): Promise<void> {
  await until(async () => !(await dumpRedis(stack.redis.url)).some(({ key }) => /:(explanations|webhooks):active$/.test(key)));
}

describe('after DELETE nothing is left of a job', () => {
  it('that is queued', async () => {
    const { stack, request } = await open(0);
    const id = await submit(stack, request);
    expect((await places(stack)).some((place) => place.includes(PROMPT))).toBe(true);
    await erased(stack, id);
    expect(await places(stack)).toEqual([]);
    expect(await named(stack, id)).toEqual([]);
  });

  it('that is running, also when answers come in afterwards', async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const { stack, request, model } = await open(1, async () => {
      asked += 1;
      if (asked > 12) await gate.promise;
    });
    const id = await submit(stack, request);
    await until(() => model.requests.length > 12);
    expect((await places(stack)).some((place) => place.includes(ANSWER))).toBe(true);
    await erased(stack, id);
    gate.resolve();
    await idle(stack);
    expect(await places(stack)).toEqual([]);
    expect(await named(stack, id)).toEqual([]);
    expect(await outcomes(stack)).toBe(0);
  });

  it.each(['completed', 'cancelled', 'failed'])('that has %s', async (status) => {
    const { stack, request } = await open();
    const given = status === 'failed' ? { ...request, endpoint: { ...request.endpoint, api_key: `${KEY}-wrong` } } : request;
    const id = await submit(stack, given);
    if (status === 'cancelled') await stack.app.inject({ method: 'POST', url: `/v1/explanations/${id}/cancel`, payload: {} });
    expect([status, 'completed']).toContain((await ended(stack.app, id)).status);
    await idle(stack);
    const before = await places(stack);
    expect(before.some((place) => place.includes(PROMPT))).toBe(true);
    expect(before.some((place) => place.includes(KEY))).toBe(false);
    if (status === 'completed') expect(before.some((place) => place.includes(ANSWER))).toBe(true);
    await erased(stack, id);
    expect(await places(stack)).toEqual([]);
    expect(await named(stack, id)).toEqual([]);
    expect(await outcomes(stack)).toBe(0);
  });

  it('of a batch, job by job', async () => {
    const { stack, request } = await open();
    const { webhook, metadata, ...each } = request;
    const reply = await stack.app.inject({ method: 'POST', url: '/v1/batches', payload: { requests: [each, { ...each, seed: 1 }], webhook, metadata: { about: 'nothing of them' } } });
    expect([reply.statusCode, reply.body]).toEqual([202, expect.any(String)]);
    void metadata;
    const ids = (await stack.app.inject('/v1/explanations')).json<{ data: { id: string }[] }>().data.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    await Promise.all(ids.map((id) => ended(stack.app, id)));
    await idle(stack);
    expect((await places(stack)).length).toBeGreaterThan(0);
    for (const id of ids) await erased(stack, id);
    expect(await places(stack)).toEqual([]);
    for (const id of ids) expect(await named(stack, id)).toEqual([]);
    expect(await outcomes(stack)).toBe(0);
  });

  it('whose outcomes another job shares, which keeps its own result and asks them again if it must', async () => {
    const { stack, request } = await open();
    const first = await submit(stack, request);
    await ended(stack.app, first);
    const second = (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...request, metadata: {} } })).json<Explanation>().id;
    await ended(stack.app, second);
    await idle(stack);
    await erased(stack, first);
    expect(await named(stack, first)).toEqual([]);
    expect(await outcomes(stack)).toBe(0);
    expect((await stack.app.inject(`/v1/explanations/${second}/evaluations`)).statusCode).toBe(200);
    await erased(stack, second);
    expect(await places(stack)).toEqual([]);
  });
});
