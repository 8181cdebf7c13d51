import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventStream, type Message } from '../../../src/api/event-stream.ts';
import { eventsIn } from '../../helpers/events.ts';
import { MemoryService } from './memory-service.ts';
import { BODY, expectProblem, testApp, type TestApp } from './app.ts';

let test: TestApp;
beforeEach(async () => {
  test = await testApp();
});
afterEach(async () => test.app.close());

const submit = async () => (await test.app.inject({ method: 'POST', url: '/v1/explanations', payload: BODY })).json<{ id: string }>().id;
const follow = (id: string, last?: string) =>
  test.app.inject({ url: `/v1/explanations/${id}/events`, headers: last === undefined ? {} : { 'last-event-id': last } });

describe('GET /v1/explanations/{id}/events', () => {
  it('tells what happens as it happens, and last the whole explanation', async () => {
    const id = await submit();
    const followed = follow(id);
    test.service.move(id, { status: 'in_progress' });
    test.service.tell(id, 'progress', { phase: 'evaluating', done: 3, planned: 9 });
    test.service.complete(id);
    const reply = await followed;
    expect(reply.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    const events = eventsIn(reply.body);
    expect(events.map(({ event }) => event)).toEqual(['status', 'status', 'progress', 'completed']);
    expect(events[2]?.data).toEqual({ phase: 'evaluating', done: 3, planned: 9 });
    expect(events[3]?.data).toMatchObject({ id, status: 'completed', result: { completion: 'A tortoise.' } });
  });

  it('goes on after Last-Event-ID, and says 204 when there is nothing more to come', async () => {
    const id = await submit();
    test.service.move(id, { status: 'in_progress' });
    test.service.complete(id);
    const all = eventsIn((await follow(id)).body);
    for (const [at, { id: seen }] of all.entries()) {
      const reply = await follow(id, seen);
      expect(reply.statusCode).toBe(at === all.length - 1 ? 204 : 200);
      expect(eventsIn(reply.body)).toEqual(all.slice(at + 1));
    }
  });

  it('refuses what is no event id, an unknown explanation and a query', async () => {
    const id = await submit();
    for (const last of ['x', '1', '1-', '-1', '1-2-3', '$']) expect(expectProblem(await follow(id, last), 'validation_failed'), last).toEqual(['/last-event-id']);
    expectProblem(await follow('exp_none'), 'not_found');
    expectProblem(await test.app.inject({ url: `/v1/explanations/${id}/events?x=1` }), 'validation_failed');
  });

  it('ends without a last event when the job is erased before it can be read', async () => {
    class Erasing extends MemoryService {
      override async follow(...[owner, id, after, signal]: Parameters<MemoryService['follow']>) {
        const followed = await super.follow(owner, id, after, signal);
        await this.erase(owner, id);
        return followed;
      }
    }
    const service = new Erasing();
    const { app } = await testApp({ service });
    const { id } = (await app.inject({ method: 'POST', url: '/v1/explanations', payload: BODY })).json<{ id: string }>();
    service.complete(id);
    const reply = await app.inject({ url: `/v1/explanations/${id}/events` });
    expect(eventsIn(reply.body).map(({ event }) => event)).toEqual(['status']);
    await app.close();
  });
});

describe('an event stream', () => {
  it('says that it is alive while nothing happens, and loses no message by it', async () => {
    const gate = Promise.withResolvers<void>();
    let ended = false;
    async function* messages(): AsyncGenerator<Message, void> {
      try {
        yield { id: '1-0', event: 'status', data: '{}' };
        await gate.promise;
        yield { id: '2-0', event: 'completed', data: '{"a":1}' };
      } finally {
        ended = true;
      }
    }
    let text = '';
    for await (const piece of eventStream(messages(), 1)) {
      text += piece;
      if (text.split(': alive').length > 3) gate.resolve();
    }
    expect(text.startsWith('retry: ')).toBe(true);
    expect(eventsIn(text)).toEqual([{ id: '1-0', event: 'status', data: {} }, { id: '2-0', event: 'completed', data: { a: 1 } }]);
    expect(ended).toBe(true);
  });

  it('tells its source when the reader leaves', async () => {
    let ended = false;
    async function* messages(): AsyncGenerator<Message, void> {
      try {
        for (let at = 1; ; at += 1) yield { id: `${at}-0`, event: 'progress', data: '{}' };
      } finally {
        ended = true;
      }
    }
    for await (const piece of eventStream(messages(), 60_000)) if (piece.includes('id: 5-0')) break;
    expect(ended).toBe(true);
  });
});
