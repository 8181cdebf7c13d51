import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Delivery, messageSchema } from '../../src/contract/webhooks.ts';
import { BODY_EXAMPLES } from '../../src/contract/examples.ts';
import { type Received, type Receiver, startReceiver, verified } from '../helpers/receiver.ts';
import { startStack, type Stack } from '../helpers/stack.ts';
import { until } from './store-kit.ts';

/*
 * Webhooks of the whole service: a real Redis, the demo model, a receiver on loopback that checks signatures with the
 * library that receivers use. Waits between attempts are short here; their schedule is test/unit/worker/webhooks.test.ts.
 */

const WAITS_MS = [20, 20, 20];
const demoJob = BODY_EXAMPLES['createExplanation']?.['passage']?.value as { call: object };

let stack: Stack;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  stack = await startStack({ webhooks: { waitsMs: WAITS_MS } });
});
afterAll(async () => {
  await stack.close();
  await receiver.close();
});
afterEach(() => {
  receiver.answer = () => 204;
});

interface Job {
  id: string;
  status: string;
  webhook: Delivery | null;
}

const read = async (id: string) => (await stack.app.inject(`/v1/explanations/${id}`)).json<Job>();
const secretOf = async () => (await stack.app.inject('/v1/webhooks/secret')).json<{ secret: string; previous: { secret: string } | null }>();

async function post(path: string, more: object = {}): Promise<string> {
  const reply = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...demoJob, ...more, webhook: { url: receiver.url + path } } });
  expect(reply.statusCode).toBe(202);
  expect(reply.json<Job>().webhook).toEqual({ url: receiver.url + path, status: 'pending', attempts: 0, last_attempt_at: null, response_status: null, error: null, next_attempt_at: null });
  return reply.json<Job>().id;
}

/** The delivery once nothing more will happen to it. */
async function settled(id: string): Promise<Delivery> {
  for (;;) {
    const { webhook } = await read(id);
    if (webhook && webhook.status !== 'pending') return webhook;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a webhook', () => {
  it('is told of the end once, thin, and signed with the secret of its owner', async () => {
    const id = await post('/done');
    const delivery = await settled(id);
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 1, response_status: 204, error: null, next_attempt_at: null });
    const messages = await receiver.arrived('/done', 1);
    expect(messages).toHaveLength(1);
    const message = messageSchema.parse(verified(messages[0] as never, (await secretOf()).secret));
    expect(message.type).toBe('explanation.completed');
    expect(message.data).toEqual({ id, object: 'explanation', status: 'completed', batch_id: null });
    expect(message.timestamp).toBe((await stack.app.inject(`/v1/explanations/${id}`)).json<{ finished_at: string }>().finished_at);
    expect(messages[0]?.headers['content-type']).toBe('application/json');
    expect(messages[0]?.headers['user-agent']).toMatch(/^wherefore\//);
    expect(messages[0]?.headers['webhook-id']).toMatch(/^msg_/);
    expect(messages[0]?.body).not.toContain('tortoise');
    expect(() => verified(messages[0] as never, 'whsec_AAAA')).toThrow('signature');
  });

  it('changes the ETag as its delivery goes on', async () => {
    receiver.answer = (_path, times) => (times === 1 ? 503 : 200);
    const id = await post('/etag');
    await receiver.arrived('/etag', 1);
    const before = await stack.app.inject(`/v1/explanations/${id}`);
    await settled(id);
    const reply = await stack.app.inject({ url: `/v1/explanations/${id}`, headers: { 'if-none-match': String(before.headers.etag) } });
    expect(reply.statusCode).toBe(200);
  });

  it('is told again with the same id until it is taken', async () => {
    receiver.answer = (_path, times) => [500, 429, 202][times - 1] ?? 202;
    const id = await post('/again');
    expect(await settled(id)).toMatchObject({ status: 'delivered', attempts: 3, response_status: 202 });
    const messages = await receiver.arrived('/again', 3);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const { secret } = await secretOf();
    for (const message of messages) expect(verified(message, secret)).toMatchObject({ data: { id } });
  });

  it('is given up when its attempts are over', async () => {
    receiver.answer = () => 404;
    const id = await post('/never');
    expect(await settled(id)).toMatchObject({ status: 'failed', attempts: WAITS_MS.length + 1, response_status: 404, error: 'the receiver answered 404', next_attempt_at: null });
    expect(await receiver.arrived('/never', 1)).toHaveLength(WAITS_MS.length + 1);
  });

  it('follows no redirect', async () => {
    receiver.answer = (path) => (path === '/moved' ? 302 : 204);
    const id = await post('/moved');
    const delivery = await settled(id);
    expect(delivery).toMatchObject({ status: 'failed', response_status: null });
    expect(delivery.error).toContain('redirect');
    expect(receiver.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });

  it('is left alone after 410, for later explanations of the owner too', async () => {
    receiver.answer = () => 410;
    const id = await post('/gone');
    expect(await settled(id)).toMatchObject({ status: 'disabled', attempts: 1, response_status: 410 });
    receiver.answer = () => 204;
    const later = await post('/gone');
    expect(await settled(later)).toMatchObject({ status: 'disabled', attempts: 0 });
    expect(await receiver.arrived('/gone', 1)).toHaveLength(1);
  });

  it('is told of a job that failed', async () => {
    const id = await post('/failed', { completion: 'Short.', scorer: { id: 'exact' }, budget: { seconds: 0.000001 } });
    expect(await settled(id)).toMatchObject({ status: 'delivered' });
    expect((await read(id)).status).toBe('failed');
    const [message] = await receiver.arrived('/failed', 1);
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ type: 'explanation.failed', data: { id, status: 'failed' } });
  });

  it('is not told of a job that was erased meanwhile', async () => {
    receiver.answer = () => (reply) => setTimeout(() => reply.writeHead(500).end(), 50);
    const id = await post('/erased');
    await receiver.arrived('/erased', 1);
    expect((await stack.app.inject({ method: 'DELETE', url: `/v1/explanations/${id}` })).statusCode).toBe(204);
    await settled(await post('/after'));
    expect(await receiver.arrived('/erased', 1)).toHaveLength(1);
  });

  it('is signed with both secrets after a rotation', async () => {
    const before = await secretOf();
    const rotated = (await stack.app.inject({ method: 'POST', url: '/v1/webhooks/secret/rotate' })).json<Awaited<ReturnType<typeof secretOf>>>();
    expect(rotated.secret).not.toBe(before.secret);
    expect(rotated.previous?.secret).toBe(before.secret);
    expect(await secretOf()).toEqual(rotated);
    const id = await post('/rotated');
    await settled(id);
    const [message] = await receiver.arrived('/rotated', 1);
    expect(message?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [before.secret, rotated.secret]) expect(verified(message as never, secret)).toMatchObject({ data: { id } });
    const again = (await stack.app.inject({ method: 'POST', url: '/v1/webhooks/secret/rotate' })).json<Awaited<ReturnType<typeof secretOf>>>();
    expect(again.previous?.secret).toBe(rotated.secret);
  });
});

it('a changed signing key leaves the secrets of the one before good while it is configured', async () => {
  const [older, newer] = ['a'.repeat(32), 'b'.repeat(32)];
  const path = '/changed-key';
  const told = async (webhooks: { signingKey: string; previousSigningKey?: string }) => {
    const one = await startStack({ webhooks: { waitsMs: WAITS_MS, ...webhooks } });
    onTestFinished(() => one.close());
    const before = (await receiver.arrived(path, 0)).length;
    const { secret } = (await one.app.inject('/v1/webhooks/secret')).json<{ secret: string }>();
    const made = await one.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...demoJob, webhook: { url: `${receiver.url}${path}` } } });
    expect(made.statusCode).toBe(202);
    const message = (await receiver.arrived(path, before + 1)).at(-1) as Received;
    return { secret, message, signatures: message.headers['webhook-signature']?.split(' ').length };
  };
  const first = await told({ signingKey: older });
  expect(first.signatures).toBe(1);
  const second = await told({ signingKey: newer, previousSigningKey: older });
  expect(second.secret).not.toBe(first.secret);
  expect(second.signatures).toBe(2);
  for (const secret of [first.secret, second.secret]) expect(verified(second.message, secret)).toMatchObject({ type: 'explanation.completed' });
  const third = await told({ signingKey: newer });
  expect(() => verified(third.message, first.secret)).toThrow('No matching signature');
  expect(verified(third.message, third.secret)).toMatchObject({ type: 'explanation.completed' });
});

it('a job that is cancelled while it waits is told, and what was due while no worker ran is told by the next one', async () => {
  const idle = await startStack({ workers: 0, webhooks: { waitsMs: WAITS_MS } });
  try {
    const made = await idle.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...demoJob, webhook: { url: `${receiver.url}/cancelled` } } });
    const { id } = made.json<Job>();
    expect((await idle.app.inject({ method: 'POST', url: `/v1/explanations/${id}/cancel` })).statusCode).toBe(200);
    await idle.addWorker();
    const [message] = await receiver.arrived('/cancelled', 1);
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ type: 'explanation.cancelled', data: { id, status: 'cancelled' } });
    await until(async () => (await idle.app.inject(`/v1/explanations/${id}`)).json<Job>().webhook?.status === 'delivered');
  } finally {
    await idle.close();
  }
});

describe('addresses', () => {
  it('in a private network are refused before the job is stored, and never asked', async () => {
    const strict = await startStack({ workers: 0, webhooks: { allowPrivateNetwork: false } });
    try {
      for (const url of [receiver.url, 'http://[::1]:1/', 'https://2130706433/', 'http://0x7f.1/', 'https://localhost/x', 'http://10.0.0.1/']) {
        const reply = await strict.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...demoJob, webhook: { url } } });
        expect([url, reply.statusCode, reply.json<{ code: string; errors: object[] }>().code]).toEqual([url, 422, 'address_forbidden']);
        expect(reply.json<{ errors: object[] }>().errors).toMatchObject([{ pointer: '/webhook/url' }]);
      }
      expect((await strict.app.inject('/v1/explanations')).json()).toMatchObject({ data: [] });
    } finally {
      await strict.close();
    }
  });
});
