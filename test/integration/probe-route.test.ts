import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProbeReply, probeReplySchema } from '../../src/contract/probes.ts';
import { startModelServer, type ModelServer } from '../helpers/model-server.ts';
import { startStack, type Stack } from '../helpers/stack.ts';

let model: ModelServer;
let stack: Stack;
let held: Promise<void> = Promise.resolve();
let gone: string;

beforeAll(async () => {
  model = await startModelServer({ hold: () => held });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gone = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  await new Promise((resolve) => server.close(resolve));
  stack = await startStack({
    endpoints: [{ name: 'fake', baseUrl: model.url, models: ['m', 'other'] }, { name: 'any', baseUrl: model.url }, { name: 'gone', baseUrl: gone, models: ['m'], maxWaitSeconds: 1 }],
  });
});
afterAll(async () => {
  await stack.close();
  await model.close();
});

const post = (name: string, payload: object = {}, headers: Record<string, string> = {}) =>
  stack.app.inject({ method: 'POST', url: `/v1/endpoints/${name}/probe`, payload, headers: { prefer: 'wait=60', ...headers } });
const get = (name: string, query = '') => stack.app.inject({ url: `/v1/endpoints/${name}/probe${query}` });

describe('POST /v1/endpoints/{name}/probe', () => {
  it('has a worker ask, and tells what it saw, when, and what it took', async () => {
    expect((await get('fake')).statusCode).toBe(404);
    const reply = await post('fake');
    expect(reply.statusCode, reply.body).toBe(200);
    const found = probeReplySchema.parse(reply.json());
    expect(found).toMatchObject({ endpoint: 'fake', model: 'm', status: 'done', certain: true, supports: { chat: 'prompt_logprobs', lists: true } });
    expect(found).toMatchObject({ embeddings: false, prefix_cache: false });
    expect(found.http_requests).toBe(model.requests.length);
    expect((await get('fake')).json()).toEqual(found);
    expect((await get('fake', '?model=other')).statusCode).toBe(404);
    expect(reply.body).not.toContain(model.url);
  });

  it('asks anew each time, and once for those who ask together', async () => {
    const before = model.requests.length;
    const first = (await post('fake')).json<ProbeReply>();
    expect(model.requests.length).toBe(before + (first.http_requests ?? 0));
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    const sent = model.requests.length;
    const both = [post('fake'), post('fake')];
    // both are on their way before any answer comes
    while (model.requests.length === sent) await new Promise((done) => setTimeout(done, 10));
    const pending = await post('fake', {}, { prefer: 'wait=0' });
    expect(pending.statusCode).toBe(202);
    expect(pending.json()).toMatchObject({ status: 'pending', supports: { chat: 'prompt_logprobs' } });
    expect(pending.headers).toMatchObject({ location: '/v1/endpoints/fake/probe?model=m', 'retry-after': '2' });
    resolve();
    held = Promise.resolve();
    const [one, two] = await Promise.all(both);
    expect(one?.json()).toEqual(two?.json());
    expect(model.requests.length).toBe(sent + (one?.json<ProbeReply>().http_requests ?? 0));
  });

  it('passes on why an endpoint could not be asked', async () => {
    const reply = await post('gone');
    expect(reply.statusCode, reply.body).toBe(502);
    expect(reply.json()).toMatchObject({ code: 'endpoint_unreachable' });
    expect((await get('gone')).statusCode).toBe(404);
  });

  it.each([
    ['nothing', {}, 404, 'not_found'],
    ['fake', { model: 'unheard-of' }, 422, 'unknown_model'],
    ['any', {}, 422, 'unknown_model'],
    ['fake', { models: [] }, 400, 'validation_failed'],
    ['fake', { model: '' }, 400, 'validation_failed'],
  ])('refuses %s with %j', async (name, payload, status, code) => {
    const reply = await post(name, payload);
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toMatchObject({ code });
  });

  it('says when there is no worker, and asks nothing', async () => {
    const lonely = await startStack({ workers: 0, endpoints: [{ name: 'fake', baseUrl: model.url, models: ['m'] }] });
    const before = model.requests.length;
    const reply = await lonely.app.inject({ method: 'POST', url: '/v1/endpoints/fake/probe', payload: {} });
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ code: 'no_worker' });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    await lonely.addWorker();
    expect(model.requests.length).toBe(before);
    await lonely.close();
  });
});
