import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXPLANATION_EXAMPLE } from '../../../src/contract/example-explanation.ts';
import { listSchema } from '../../../src/contract/replies.ts';
import { explanationSchema } from '../../../src/contract/resource.ts';
import { BODY, expectProblem, testApp, type TestApp } from './app.ts';

let test: TestApp;
beforeEach(async () => {
  test = await testApp();
});
afterEach(async () => test.app.close());

const submit = (headers: Record<string, string> = {}, payload: object = BODY) =>
  test.app.inject({ method: 'POST', url: '/v1/explanations', headers, payload });
const read = (id: string, headers: Record<string, string> = {}) =>
  test.app.inject({ method: 'GET', url: `/v1/explanations/${id}`, headers });
const idOf = (reply: { json(): { id: string } }) => reply.json().id;

describe('POST /v1/explanations', () => {
  it('accepts a job and says where it is', async () => {
    const reply = await submit();
    expect(reply.statusCode).toBe(202);
    const job = explanationSchema.parse(reply.json());
    expect(job).toMatchObject({ status: 'queued', object: 'explanation', result: null, error: null });
    expect(job.request).toMatchObject({ seed: 0, segmenter: { id: 'sentence' }, targets: [{ kind: 'completion' }] });
    expect(reply.headers).toMatchObject({ location: `/v1/explanations/${job.id}`, 'retry-after': '1' });
    expect(reply.headers['preference-applied']).toBeUndefined();
    expect((await test.app.inject({ url: String(reply.headers.location) })).json()).toEqual(job);
  });

  it('holds the reply until the job has ended', async () => {
    const held = submit({ prefer: 'respond-async, wait=30' });
    await expect.poll(async () => (await read('latest')).statusCode).toBe(200);
    test.service.complete(idOf(await read('latest')));
    const reply = await held;
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ status: 'completed', result: { completion: 'A tortoise.' } });
    expect(reply.headers['preference-applied']).toBe('wait=30');
    expect(reply.headers['retry-after']).toBeUndefined();
  });

  it.each(['wait=1', 'wait=0', 'WAIT="0"', 'wait=0;x=1, wait=30'])(
    'gives the job as it is when the wait is over (%s)',
    async (prefer) => {
      const reply = await submit({ prefer });
      expect(reply.statusCode).toBe(202);
      expect(reply.json()).toMatchObject({ status: 'queued' });
      expect(reply.headers['preference-applied']).toBe(prefer === 'wait=1' ? 'wait=1' : 'wait=0');
    },
  );

  it('leaves other preferences alone', async () => {
    const reply = await submit({ prefer: 'handling=strict; x="wait=5,6", return=minimal' });
    expect(reply.statusCode).toBe(202);
    expect(reply.headers['preference-applied']).toBeUndefined();
  });

  it('gives the same job for the same key and body, however that is written', async () => {
    const first = await submit({ 'idempotency-key': 'order 66' }, { call: BODY.call, seed: 4 });
    const again = await submit({ 'idempotency-key': 'order 66' }, { seed: 4, call: BODY.call });
    expect(first.statusCode).toBe(202);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.statusCode).toBe(200);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toBe(first.body);
  });

  it('refuses another body under the same key', async () => {
    await submit({ 'idempotency-key': 'k' });
    expectProblem(await submit({ 'idempotency-key': 'k' }, { ...BODY, seed: 0 }), 'idempotency_key_reused');
    expect((await submit({ 'idempotency-key': 'l' }, { ...BODY, seed: 0 })).statusCode).toBe(202);
  });

  it('waits for a replayed job too', async () => {
    const id = idOf(await submit({ 'idempotency-key': 'k' }));
    const held = submit({ 'idempotency-key': 'k', prefer: 'wait=30' });
    test.service.complete(id);
    const reply = await held;
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ id, status: 'completed' });
  });
});

describe('GET /v1/explanations/{id}', () => {
  it('says when to ask again until the job has ended', async () => {
    const id = idOf(await submit());
    expect((await read(id)).headers['retry-after']).toBe('1');
    test.service.complete(id);
    const ended = await read(id);
    expect(ended.headers['retry-after']).toBeUndefined();
    expect(explanationSchema.parse(ended.json()).result).toEqual(EXPLANATION_EXAMPLE.result);
  });

  it('has a strong entity tag that changes with the job', async () => {
    const id = idOf(await submit());
    const { etag } = (await read(id)).headers;
    expect(etag).toMatch(/^"exp_[^"]+"$/);
    expect((await read('latest')).headers.etag).toBe(etag);
    for (const given of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const reply = await read(id, { 'if-none-match': String(given) });
      expect(reply.statusCode).toBe(304);
      expect(reply.body).toBe('');
      expect(reply.headers).toMatchObject({ etag, 'retry-after': '1' });
      expect(reply.headers['x-request-id']).toBeDefined();
    }
    expect((await read(id, { 'if-none-match': '"other"' })).statusCode).toBe(200);
    test.service.complete(id);
    const changed = await read(id, { 'if-none-match': String(etag) });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
  });

  it('does not find what is not there', async () => {
    expectProblem(await read('latest'), 'not_found');
    expectProblem(await read(`exp_${'0'.repeat(26)}`), 'not_found');
  });

  it('answers HEAD without a body', async () => {
    const id = idOf(await submit());
    const reply = await test.app.inject({ method: 'HEAD', url: `/v1/explanations/${id}` });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toBe('');
    expect(reply.headers.etag).toBeDefined();
  });
});

describe('GET /v1/explanations', () => {
  it('walks through the jobs, newest first', async () => {
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push(idOf(await submit()));
    const seen: string[] = [];
    let url = '/v1/explanations?limit=2';
    for (let page = 0; page < 3; page += 1) {
      const { data, next_cursor: next } = listSchema.parse((await test.app.inject({ url })).json());
      seen.push(...data.map(({ id }) => id));
      expect(next === null).toBe(page === 2);
      url = `/v1/explanations?limit=2&cursor=${next}`;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it('gives twenty when not told, and those of one state when told', async () => {
    for (let index = 0; index < 22; index += 1) await submit();
    expect(listSchema.parse((await test.app.inject({ url: '/v1/explanations' })).json()).data).toHaveLength(20);
    test.service.complete(idOf(await read('latest')));
    const { data } = listSchema.parse((await test.app.inject({ url: '/v1/explanations?status=completed&limit=100' })).json());
    expect(data.map(({ status }) => status)).toEqual(['completed']);
  });

  it('gives an empty page to who has none', async () => {
    expect((await test.app.inject({ url: '/v1/explanations' })).json()).toEqual({ data: [], next_cursor: null });
  });
});

describe('cancelling and erasing', () => {
  const cancel = (id: string) => test.app.inject({ method: 'POST', url: `/v1/explanations/${id}/cancel` });

  it('says 202 while a running job stops, 200 when it has ended, and changes nothing after', async () => {
    const id = idOf(await submit());
    test.service.move(id, { status: 'in_progress' });
    for (let times = 0; times < 2; times += 1) {
      const reply = await cancel(id);
      expect(reply.statusCode).toBe(202);
      expect(reply.json()).toMatchObject({ id, status: 'cancelling' });
      expect(reply.headers['retry-after']).toBe('1');
    }
    test.service.move(id, { status: 'cancelled' });
    const ended = await cancel(id);
    expect(ended.statusCode).toBe(200);
    expect(ended.body).toBe((await cancel(id)).body);
  });

  it('ends a queued job at once, and needs no body but takes an empty one', async () => {
    await submit();
    const reply = await test.app.inject({
      method: 'POST',
      url: '/v1/explanations/latest/cancel',
      headers: { 'content-type': 'application/json' },
      payload: '',
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ status: 'cancelled' });
  });

  it('erases', async () => {
    const id = idOf(await submit());
    const reply = await test.app.inject({ method: 'DELETE', url: `/v1/explanations/${id}` });
    expect(reply.statusCode).toBe(204);
    expect(reply.body).toBe('');
    expectProblem(await read(id), 'not_found');
    expectProblem(await test.app.inject({ method: 'DELETE', url: `/v1/explanations/${id}` }), 'not_found');
    expectProblem(await cancel(id), 'not_found');
  });
});
