import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoJob } from '../../src/bin/demo-job.ts';
import { provisionalSchema } from '../../src/contract/resource.ts';
import { eventsIn } from '../helpers/events.ts';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { type Explanation, type Stack, startStack } from '../helpers/stack.ts';

/** Sentences of which three matter, and an endpoint that is slow enough for progress to be seen. */
const SENTENCES = Array.from({ length: 16 }, (_, at) => `Sentence ${at} stands here.`);
let server: ModelServer;
let stack: Stack;
beforeAll(async () => {
  server = await startModelServer({
    answer: () => 'Paris',
    latencyMs: 300,
    logprob: (token, context) => (token === 'Paris' ? -12 + [3, 7, 12].reduce((sum, at) => sum + (context.includes(`Sentence ${at} `) ? 3 : 0), 0) : undefined),
  });
  stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
});
afterAll(async () => {
  await stack?.close();
  await server?.close();
});

describe('following a job', () => {
  it('shows provisional attributions with intervals before the result, and the result last', async () => {
    const job = { ...demoJob, endpoint: undefined, call: { model: 'm', messages: [{ role: 'user', content: SENTENCES.join(' ') }] }, completion: 'Paris', method: { id: 'auto', options: { early_stop: false } }, budget: { calls: 120 } };
    const submitted = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: JSON.parse(JSON.stringify(job)) as object });
    expect(submitted.statusCode).toBe(202);
    const { id } = submitted.json<Explanation>();
    const reply = await stack.app.inject({ url: `/v1/explanations/${id}/events` });
    const events = eventsIn(reply.body);
    const names = events.map(({ event }) => event);
    expect(names.slice(0, 2)).toEqual(['status', 'status']);
    expect(names.at(-1)).toBe('completed');
    expect(names).toContain('progress');
    expect(names).toContain('attributions');
    const [first] = events.filter(({ event }) => event === 'attributions').map(({ data }) => {
      const told = provisionalSchema.parse(data);
      return 'attributions' in told ? told.attributions : [];
    });
    const result = (events.at(-1)?.data as Explanation | undefined)?.result;
    expect(first?.[0]?.scores).toHaveLength(result?.units.length ?? -1);
    expect(first?.[0]?.intervals).not.toBeNull();
    expect(result?.attributions[0]?.scores).not.toContain(null);
  });
});
