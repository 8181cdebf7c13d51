import { afterEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../src/endpoints/index.ts';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, startStack } from '../helpers/stack.ts';

/*
 * What a cap allows is counted by the server: its own tokens, its own evaluations.
 */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const TEXT = Array.from({ length: 24 }, (_, index) => `Fact ${index} is of little weight here.`).join(' ');
const chat = { model: 'm', messages: [{ role: 'user', content: `${TEXT} Where does Lars live?` }], temperature: 0 };
const prompt = { model: 'm', prompt: `${TEXT} Where does Lars live?`, temperature: 0 };
const responses = { model: 'm', input: `${TEXT} Where does Lars live?`, temperature: 0 };
const PRICE = { promptPerMillion: 1_000, completionPerMillion: 20_000 };

interface Counted {
  server: ModelServer;
  stack: Stack;
  /** By the server, since the probe. */
  spent: () => { calls: number; prompt: number; completion: number };
}

interface Reply {
  usage?: { prompt_tokens?: number; completion_tokens?: number; input_tokens?: number; output_tokens?: number };
}

async function serve(options: ModelServerOptions = {}, settings: Partial<EndpointSettings> = {}): Promise<Counted> {
  const sum = { prompt: 0, completion: 0 };
  const tamper = (reply: object): object => {
    const { usage = {} } = reply as Reply;
    sum.prompt += usage.prompt_tokens ?? usage.input_tokens ?? 0;
    sum.completion += usage.completion_tokens ?? usage.output_tokens ?? 0;
    return reply;
  };
  const server = await startModelServer({ ...options, tamper });
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url, price: PRICE, concurrency: 4, maxBatch: 4, ...settings }] });
  open.push(stack);
  // the probe is not the job's
  const warm = await explainAndWait(stack.app, { call: { ...prompt, prompt: 'One. Two.' }, method: { id: 'leave-one-out' } });
  expect(warm.body.error).toBeNull();
  const before = { ...sum, calls: server.evaluationCount() };
  return { server, stack, spent: () => ({ calls: server.evaluationCount() - before.calls, prompt: sum.prompt - before.prompt, completion: sum.completion - before.completion }) };
}

const JOBS: [string, object][] = [
  ['chats that are compared', { call: chat, scorer: { id: 'chrf' } }],
  ['chats that are weighed', { call: chat, completion: 'Vilnius is the answer.', scorer: { id: 'log-likelihood' } }],
  ['lists of prompts that are weighed', { call: prompt, completion: ' Vilnius is the answer.', scorer: { id: 'log-likelihood' } }],
  ['lists of prompts that are compared', { call: prompt, scorer: { id: 'chrf' } }],
  ['responses', { call: responses, scorer: { id: 'chrf' } }],
];
const many = { method: { id: 'lasso', options: { num_masks: 200 } } };

describe.each(JOBS)('caps of %s hold at the endpoint', (_, job) => {
  it('calls', async () => {
    const { stack, spent } = await serve();
    const { body } = await explainAndWait(stack.app, { ...job, method: { id: 'lasso' }, budget: { calls: 40 } });
    expect(body.error).toBeNull();
    expect(spent().calls).toBeLessThanOrEqual(40);
    expect(body.result?.usage.calls).toBe(spent().calls);
  });

  it('prompt tokens, of which most are used', async () => {
    const { stack, spent } = await serve();
    const { body } = await explainAndWait(stack.app, { ...job, ...many, budget: { calls: 300, prompt_tokens: 4_000 } });
    expect(body.result?.stopped_by).toBe('budget');
    expect(spent().prompt).toBeLessThanOrEqual(4_000);
    expect(spent().prompt).toBeGreaterThan(2_400);
    expect(body.result?.usage.prompt_tokens).toBe(spent().prompt);
  });

  it('money, of which most is used', async () => {
    const { stack, spent } = await serve();
    const { body } = await explainAndWait(stack.app, { ...job, ...many, budget: { calls: 300, cost_usd: 6 } });
    const cost = (spent().prompt * PRICE.promptPerMillion + spent().completion * PRICE.completionPerMillion) / 1e6;
    expect(body.result?.stopped_by).toBe('budget');
    expect(cost).toBeLessThanOrEqual(6);
    expect(cost).toBeGreaterThan(3.6);
    expect(body.result?.usage.cost_usd).toBeCloseTo(cost, 9);
  });
});

describe('seconds', () => {
  /** Answers so many requests to the route, and no more. */
  const silentAfter = (count: number): ModelServerOptions => {
    let asked = 0;
    return { hold: ({ body }) => (JSON.stringify(body).includes('Fact') && (asked += 1) > count ? new Promise(() => undefined) : Promise.resolve()) };
  };

  it('end a job whose endpoint does not answer any more; what was answered is fitted', async () => {
    const { stack, server } = await serve(silentAfter(20), { concurrency: 2, timeoutSeconds: 600 });
    const { body } = await explainAndWait(stack.app, { call: chat, scorer: { id: 'chrf' }, method: { id: 'leave-one-out' }, budget: { seconds: 8 } });
    expect(body.error).toBeNull();
    expect(body.result?.stopped_by).toBe('budget');
    expect(body.result?.attributions[0]?.scores.some((score) => score !== null)).toBe(true);
    const sent = server.requests.length;
    await explainAndWait(stack.app, { call: { ...prompt, prompt: 'Three. Four.' }, method: { id: 'leave-one-out' } });
    expect(server.requests.slice(sent).every(({ body: later }) => !JSON.stringify(later).includes('Fact'))).toBe(true);
  });

  it('end a job that has no answer to explain yet', async () => {
    const { stack } = await serve(silentAfter(0), { timeoutSeconds: 600 });
    const { body } = await explainAndWait(stack.app, { call: chat, scorer: { id: 'chrf' }, method: { id: 'leave-one-out' }, budget: { seconds: 1 } });
    expect(body).toMatchObject({ status: 'failed', error: { code: 'budget_exhausted' } });
  });
});
