import { afterEach, describe, expect, it } from 'vitest';
import { failFirst, type ModelServer, type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, type StackOptions, startStack, topUnit } from '../helpers/stack.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

const passage = 'The sky was clear. Galdor is based in Vilnius. Coffee was served at noon. The road was narrow. Nobody answered the phone.';
const question = 'Where is Galdor based?';

const chat = {
  model: 'm',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: passage, explain: 'split' },
        { type: 'text', text: question, explain: 'fixed' },
      ],
    },
  ],
  temperature: 0,
};
const completion = {
  model: 'm',
  prompt: [
    { type: 'text', text: passage, explain: 'split' },
    { type: 'text', text: `\nQuestion: ${question}\nAnswer:`, explain: 'fixed' },
  ],
  temperature: 0,
};

/** A server whose answer needs the one sentence. */
const reader: ModelServerOptions = { answer: ({ text }) => (text.includes('Vilnius') ? ' Vilnius, of course.' : ' I do not know.') };

async function serve(options: ModelServerOptions, endpoint: NonNullable<StackOptions['endpoints']>[number] = {}): Promise<{ server: ModelServer; stack: Stack }> {
  const server = await startModelServer({ ...reader, ...options });
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url, ...endpoint }] });
  open.push(stack);
  return { server, stack };
}

const job = (call: object, more: object = {}) => ({ call, method: { id: 'leave-one-out' }, ...more });

describe('the same job on servers of other abilities', () => {
  it.each<[string, ModelServerOptions, object, string]>([
    ['everything, chat', {}, chat, 'prompt_logprobs'],
    ['everything, completion', {}, completion, 'prompt_logprobs'],
    ['echo but no tokenizer, completion', { tokenize: false }, completion, 'prompt_logprobs'],
    ['single prompts only', { lists: false }, chat, 'prompt_logprobs'],
    ["llama.cpp's own routes, chat", { native: {} }, chat, 'forced_decoding'],
    ["llama.cpp's own routes, completion", { native: { unified: true } }, completion, 'forced_decoding'],
    ['no log-probabilities at all', { echo: 'off', promptLogprobs: false, chatLogprobs: false, tokenize: false }, chat, 'text'],
    ['echo ignored', { echo: 'ignored', promptLogprobs: false }, completion, 'text'],
    ['chat only', { missing: ['/v1/completions'], tokenize: false, promptLogprobs: false }, chat, 'text'],
  ])('%s', async (_, options, call, rung) => {
    const { stack } = await serve(options);
    const { body } = await explainAndWait(stack.app, job(call));
    expect(body.error).toBeNull();
    expect(body.result?.scorer.rung).toBe(rung);
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
  });

  it('weighs exactly: a planted game comes back to the last digit', async () => {
    const worth: Record<string, number> = { sky: -0.5, Vilnius: 3, Coffee: 0.25, road: 0, phone: 1 };
    const value = (context: string) => Object.entries(worth).reduce((sum, [word, weight]) => sum + (context.includes(word) ? weight : 0), -9);
    const { stack } = await serve({ answer: () => 'Yes', logprob: (token, context) => (token.trim() === 'Yes' ? value(context) : undefined) });
    const { body } = await explainAndWait(stack.app, job(chat));
    const scores = body.result?.attributions[0]?.scores.filter((score) => score !== null) ?? [];
    Object.values(worth).forEach((weight, unit) => expect(scores[unit]).toBeCloseTo(weight, 9));
    expect(body.result?.attributions[0]?.intercept).toBeCloseTo(-9 + 3.75, 9);
  });

  it('explains a tool call by the arguments that come back', async () => {
    const { stack } = await serve({ toolCalls: (body) => (JSON.stringify(body['messages']).includes('Vilnius') ? [{ name: 'find', arguments: '{"city":"Vilnius"}' }] : [{ name: 'find', arguments: '{"city":"unknown"}' }]) });
    const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: { city: { type: 'string' } } } }, explain: 'whole', label: 'find' }];
    const { body } = await explainAndWait(stack.app, job({ ...chat, tools, tool_choice: 'auto' }, { targets: [{ kind: 'tool_call', name: 'find', pointer: '/city' }], scorer: { id: 'exact' } }));
    expect(body.error).toBeNull();
    expect(body.result?.targets[0]?.text).toContain('Vilnius');
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
  });

  it('sends the empty form where a server refuses a message without text', async () => {
    const { server, stack } = await serve({
      echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false,
      fail: ({ body }) => (JSON.stringify(body['messages'] ?? '').includes('"content":""') ? { kind: 'status', status: 400 } : undefined),
    });
    const { body } = await explainAndWait(stack.app, job({ model: 'm', messages: [{ role: 'system', content: 'Be brief.', explain: 'whole' }, { role: 'user', content: 'Galdor is based in Vilnius. Where is Galdor based?', explain: 'whole' }], temperature: 0 }));
    expect(body.error).toBeNull();
    expect(body.result?.evaluations.failed).toBe(0);
    expect(server.requests.some(({ body: sent }) => JSON.stringify(sent).includes('"content":"..."'))).toBe(true);
  });
});

describe('what a job uses', () => {
  it.each<[string, ModelServerOptions, object]>([
    ['by ids', {}, chat],
    ['by text', { tokenize: false }, completion],
    ['by forcing', { native: {} }, chat],
    ['by prefill', { missing: ['/v1/completions'], tokenize: false }, chat],
    ['by comparing', { echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false }, chat],
  ])('is what the server saw, and the same job again is nothing (%s)', async (_, options, call) => {
    const { server, stack } = await serve(options);
    // the first job finds out what the server can do, which is no job's own
    await explainAndWait(stack.app, job(call, { completion: 'Something else.' }));
    const before = server.evaluationCount();
    const requests = server.requests.length;
    const { body } = await explainAndWait(stack.app, job(call, { completion: ' Vilnius, of course.' }));
    expect(body.error).toBeNull();
    expect(body.result?.usage.calls).toBe(server.evaluationCount() - before);
    expect(body.result?.usage.http_requests).toBe(server.requests.length - requests);
    expect(body.result?.stopped_by).toBe('done');
    const after = server.requests.length;
    const again = await explainAndWait(stack.app, job(call, { completion: ' Vilnius, of course.' }));
    expect(server.requests.length).toBe(after);
    expect(again.body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    expect(again.body.result?.attributions).toEqual(body.result?.attributions);
  });

  it('keeps the money cap although answers are dear', async () => {
    const { stack } = await serve({ echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false }, { price: { promptPerMillion: 1, completionPerMillion: 200_000 } });
    const { body } = await explainAndWait(stack.app, job(chat, { budget: { cost_usd: 3 } }));
    expect(body.result?.stopped_by ?? body.error?.code).toMatch(/^budget/);
    expect(body.result?.usage.cost_usd ?? 0).toBeLessThanOrEqual(3);
  });
});

describe('a server in trouble ends in a finished job or a clear problem', () => {
  const noLikelihood: ModelServerOptions = { echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false };

  it.each<[string, ModelServerOptions]>([
    ['a storm of 429 with Retry-After', { fail: failFirst(6, { kind: 'status', status: 429, headers: { 'retry-after': '0.2' } }) }],
    ['a storm of 429 without', { fail: failFirst(4, { kind: 'status', status: 429 }) }],
    ['some 500s', { fail: (_, index) => (index % 4 === 1 ? { kind: 'status', status: 500 } : undefined) }],
    ['some resets', { fail: (_, index) => (index % 5 === 2 ? { kind: 'reset' } : undefined) }],
    ['some pages instead of JSON', { fail: (_, index) => (index % 5 === 3 ? { kind: 'html' } : undefined) }],
    ['one hung connection', { fail: (_, index) => (index === 4 ? { kind: 'hang' } : undefined) }],
  ])('%s: finished', async (_, options) => {
    const { stack } = await serve({ ...noLikelihood, ...options }, { timeoutSeconds: 1, maxWaitSeconds: 20 });
    const { body } = await explainAndWait(stack.app, job(chat));
    expect(body.error).toBeNull();
    expect(body.status).toBe('completed');
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
  });

  it('a perturbed call that is always refused is a value, and its unit has no score', async () => {
    const { stack } = await serve({ ...noLikelihood, refuse: (text) => !text.includes('Coffee') && text.includes('Vilnius') && text.includes('sky') && text.includes('road') && text.includes('phone') });
    const { body } = await explainAndWait(stack.app, job(chat));
    expect(body.status).toBe('completed');
    expect(body.result?.evaluations.failed).toBeGreaterThan(0);
    const unit = body.result?.units.find(({ text }) => text.startsWith('Coffee'));
    expect(body.result?.attributions[0]?.scores[unit?.index ?? 0]).toBeNull();
    expect(body.result?.attributions[0]?.reasons.join()).toMatch(/1 of 5 units/);
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
  });

  it.each<[string, ModelServerOptions, RegExp]>([
    ['always 500', { fail: () => ({ kind: 'status', status: 500 }) }, /^endpoint_unreachable$/],
    ['always 400', { fail: () => ({ kind: 'status', status: 400 }) }, /^endpoint_refused$/],
    ['a wrong key', { apiKey: 'right' }, /^endpoint_refused$/],
    ['never JSON', { fail: () => ({ kind: 'html' }) }, /^endpoint_malformed$/],
    ['always hung', { fail: () => ({ kind: 'hang' }) }, /^endpoint_(timeout|unreachable)$/],
    ['an answer of nothing', { answer: () => '' }, /^target_not_found$/],
  ])('%s: a clear problem', async (_, options, code) => {
    const { stack } = await serve({ ...noLikelihood, ...options }, { timeoutSeconds: 0.3, maxWaitSeconds: 1.5, apiKey: 'sk-not-to-be-seen' });
    const reply = await explainAndWait(stack.app, job(chat));
    expect(reply.body.status).toBe('failed');
    expect(reply.body.error?.code).toMatch(code);
    expect(JSON.stringify(reply.body)).not.toContain('sk-not-to-be-seen');
    expect(reply.body.error?.detail).not.toContain('Vilnius');
  });

  it('a dead server: a clear problem', async () => {
    const { server, stack } = await serve(noLikelihood, { maxWaitSeconds: 1.5 });
    await server.close();
    const { body } = await explainAndWait(stack.app, job(chat));
    expect(body.status).toBe('failed');
    expect(body.error?.code).toBe('endpoint_unreachable');
  });

  it('half dead: says how many failed and why', async () => {
    const { stack } = await serve({ ...noLikelihood, refuse: (text) => !text.includes('sky') || !text.includes('phone') || !text.includes('road') || !text.includes('Coffee') });
    const { body } = await explainAndWait(stack.app, job(chat));
    expect(body.error?.code).toBe('too_few_evaluations');
    expect(body.error?.detail).toMatch(/\d+ of \d+ evaluations failed: \d+ × http 400/);
  });
});
