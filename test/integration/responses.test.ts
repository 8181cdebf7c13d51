import { afterEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../helpers/model-server.ts';
import { explainAndWait, type Explanation, type Stack, startStack, topUnit } from '../helpers/stack.ts';

/*
 * Calls of the Responses API, end to end: the fake refuses what OpenAI refuses.
 */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function serve(options: ModelServerOptions): Promise<{ server: ModelServer; stack: Stack }> {
  const server = await startModelServer(options);
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url, price: { promptPerMillion: 1, completionPerMillion: 2 } }] });
  open.push(stack);
  return { server, stack };
}

/** Bodies of the route, in the order of asking, those of the probe left out. */
const asked = (server: ModelServer) => server.requests.filter(({ path, body }) => path === '/v1/responses' && !JSON.stringify(body).includes('Nina lives')).map(({ body }) => body);

const said = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'I will look. One moment.', annotations: [] }] };
const called = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'find', arguments: '{"who":"Galdor"}', status: 'completed' };
const found = { type: 'function_call_output', call_id: 'call_1', output: 'The sky was clear. Galdor is based in Vilnius. Coffee was served.' };
const question = { role: 'user', content: [{ type: 'input_text', text: 'Where is Galdor based?', explain: 'fixed' }] };
const call = { model: 'm', instructions: 'Be brief. Use what was found.', input: [question, said, called, found], temperature: 0, max_output_tokens: 64 };

const knows: ModelServerOptions['answer'] = ({ text }) => (text.includes('Vilnius') ? 'He is based in Vilnius.' : 'I do not know.');

const scores = (body: Explanation) => body.result?.attributions[0]?.scores ?? [];
const scoreOf = (body: Explanation, text: string) => scores(body)[body.result?.units.findIndex((unit) => unit.text.startsWith(text)) ?? -1] ?? NaN;

describe('a call of the Responses API', () => {
  it('has units in instructions, messages and what tools gave; ids and calls stay under every mask', async () => {
    const { server, stack } = await serve({ answer: knows, cachedTokens: 3 });
    const { body } = await explainAndWait(stack.app, { call, scorer: { id: 'chrf' }, method: { id: 'leave-one-out' } });
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe('He is based in Vilnius.');
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
    expect(body.result?.scorer).toMatchObject({ id: 'chrf', rung: 'text', tokens_scored: null, censored_tokens: null });
    expect(new Set(body.result?.units.map(({ at }) => at))).toEqual(new Set(['instructions', 'input[0].content[0]', 'input[1].content[0]', 'input[2]', 'input[3].output']));
    expect(body.result?.evaluations.failed).toBe(0);
    const bodies = asked(server);
    expect(bodies.length).toBe(body.result?.usage.calls);
    for (const sent of bodies) {
      const [, message, theCall, output] = sent['input'] as [object, typeof said, object, typeof found];
      expect(theCall).toEqual(called);
      expect([message.id, message.content[0]?.type, output.call_id]).toEqual(['msg_1', 'output_text', 'call_1']);
      expect(sent).toMatchObject({ model: 'm', temperature: 0, max_output_tokens: 64, store: false });
    }
    // the whole call is sent as it came
    expect(bodies[0]).toEqual({ ...call, input: [{ role: 'user', content: [{ type: 'input_text', text: 'Where is Galdor based?' }] }, said, called, found], store: false });
    const { usage } = body.result ?? {};
    expect(usage?.prompt_tokens).toBeGreaterThan(20 * bodies.length);
    expect(usage?.cached_tokens).toBe(3 * bodies.length);
    expect(usage?.cost_usd).toBeCloseTo(((usage?.prompt_tokens ?? 0) + 2 * (usage?.completion_tokens ?? 0)) / 1e6, 12);
    const again = await explainAndWait(stack.app, { call, scorer: { id: 'chrf' }, method: { id: 'leave-one-out' } });
    expect(again.body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
  });

  it('all of a message gone keeps it, whatever its content was', async () => {
    const { stack } = await serve({ answer: knows });
    const whole = [{ role: 'user', content: 'Hello there.', explain: 'whole' }, { ...said, explain: 'whole' }, called, { ...found, explain: 'whole' }];
    const { body } = await explainAndWait(stack.app, { call: { ...call, input: [...whole, question] }, scorer: { id: 'chrf' }, method: { id: 'shapley', options: { estimator: 'exact' } } });
    expect(body.error).toBeNull();
    expect(body.result?.evaluations.failed).toBe(0);
    expect(topUnit(body.result)).toBe(found.output);
  });

  const odds = (logprob: number) => logprob - Math.log(1 - Math.exp(logprob));
  const shown: ModelServerOptions = {
    topLogprobs: 20,
    alternatives: ['Vilnius.', 'I', 'Kyoto', 'Oslo', 'Lima'],
    answer: ({ text }) => (text.includes('Vilnius') ? 'Vilnius.' : 'I'),
    logprob: (token, context) => ({ 'Vilnius.': context.includes('Vilnius') ? -0.1 : -7, I: context.includes('Vilnius') ? -3 : -0.2, Kyoto: -4, Oslo: -5, Lima: -6 })[token.trim()],
  };

  it.each([['as short as OpenAI lets it be', 16], ['of one token', 1]] as const)('the first token of answers %s is exact', async (_, shortestResponse) => {
    const { server, stack } = await serve({ ...shown, shortestResponse });
    const { body } = await explainAndWait(stack.app, { call, completion: 'Vilnius.', method: { id: 'leave-one-out' } });
    expect(body.error).toBeNull();
    expect(body.result?.scorer).toMatchObject({ id: 'first-token', rung: 'first_token', tokens_scored: 1, censored_tokens: 0 });
    expect(scoreOf(body, 'Galdor is')).toBeCloseTo(odds(-0.1) - odds(-7), 9);
    expect(scoreOf(body, 'The sky')).toBeCloseTo(0, 9);
    expect(asked(server).at(-1)).toMatchObject({ max_output_tokens: shortestResponse, top_logprobs: 20, temperature: 1, include: ['message.output_text.logprobs'] });
  });

  it('a model that thinks first shows no first token, and its answers are compared', async () => {
    const { stack } = await serve({ ...shown, thinks: true });
    const { body } = await explainAndWait(stack.app, { call, method: { id: 'leave-one-out' } });
    expect(body.result?.scorer).toMatchObject({ id: 'chrf', rung: 'text' });
    expect(body.result?.completion).toBe('Vilnius.');
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
  });

  it('a whole response is a completion: text, refusal and calls of tools', async () => {
    const { stack } = await serve({ answer: knows });
    const explained = async (output: object[], more: object = {}) =>
      (await explainAndWait(stack.app, { call, completion: { id: 'resp_1', object: 'response', status: 'completed', error: null, output }, scorer: { id: 'exact' }, method: { id: 'leave-one-out' }, ...more })).body;
    const text = await explained([{ type: 'reasoning', summary: [] }, { ...said, content: [{ type: 'output_text', text: '{"city": "Vilnius"}', annotations: [] }] }], { targets: [{ kind: 'json', pointer: '/city' }] });
    expect(text.result?.targets[0]).toMatchObject({ kind: 'json', text: '"Vilnius"', start: 9, end: 18 });
    expect((await explained([{ ...said, content: [{ type: 'refusal', refusal: 'I cannot say.' }] }])).result?.completion).toBe('I cannot say.');
    const tool = await explained([called], { targets: [{ kind: 'tool_call', name: 'find', pointer: '/who' }] });
    expect(tool.result?.targets[0]).toMatchObject({ kind: 'tool_call', text: '"Galdor"' });
    const unfinished = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: { call, completion: { object: 'response', status: 'in_progress', output: [] } } });
    expect([unfinished.statusCode, unfinished.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer]).toEqual([400, '/completion']);
  });

  it('tools are units of their own, and a choice never names one that is gone', async () => {
    const tools = ['find', 'order'].map((name) => ({ type: 'function', name, description: `To ${name} something.`, parameters: { type: 'object', properties: {} }, explain: 'whole' }));
    const { server, stack } = await serve({ toolCalls: ({ tools: given }) => (JSON.stringify(given ?? '').includes('find') ? [{ name: 'find', arguments: '{"who":"Galdor"}' }] : []) });
    const { body } = await explainAndWait(stack.app, {
      call: { model: 'm', input: 'Where is Galdor? Look it up.', tools, tool_choice: { type: 'function', name: 'find' }, parallel_tool_calls: false, temperature: 0 },
      targets: [{ kind: 'tool_call', name: 'find' }],
      scorer: { id: 'match', options: { tool_call: 'find' } },
      method: { id: 'shapley', options: { estimator: 'exact' } },
    });
    expect(body.error).toBeNull();
    expect(body.result?.evaluations.failed).toBe(0);
    expect(scores(body)[body.result?.units.findIndex(({ at }) => at === 'tools[0]') ?? -1]).toBeCloseTo(1, 9);
    const choices = new Set(asked(server).map(({ tools: given, tool_choice: choice }) => `${(given as unknown[] | undefined)?.length ?? 0} ${JSON.stringify(choice ?? null)}`));
    expect(choices).toEqual(new Set(['2 {"type":"function","name":"find"}', '1 {"type":"function","name":"find"}', '1 "auto"', '0 null']));
  });

  it('is held to JSON under every mask, and what asks for it is fixed', async () => {
    const input = 'Galdor is based in Vilnius. Answer in JSON. Where is he based? The sky was clear.';
    const { server, stack } = await serve({ answer: ({ text }) => JSON.stringify({ city: text.includes('Vilnius') ? 'Vilnius' : null }) });
    const job = { call: { model: 'm', input, text: { format: { type: 'json_object' } }, temperature: 0 }, targets: [{ kind: 'json', pointer: '/city' }], scorer: { id: 'exact' }, method: { id: 'shapley', options: { estimator: 'exact' } } };
    const { body } = await explainAndWait(stack.app, job);
    expect(body.error).toBeNull();
    expect(body.result?.evaluations.failed).toBe(0);
    expect(body.result?.units.filter(({ fixed }) => fixed).map(({ text }) => text.trim())).toEqual(['Answer in JSON.']);
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
    for (const sent of asked(server)) expect(sent['text']).toEqual({ format: { type: 'json_object' } });
  });

  it('goes with a stored prompt, and not with a conversation that every answer would change', async () => {
    const { server, stack } = await serve({ answer: knows });
    const prompt = { id: 'pmpt_1', variables: { tone: 'dry' } };
    const { body } = await explainAndWait(stack.app, { call: { model: 'm', input: 'Galdor is in Vilnius. Where is he?', prompt, previous_response_id: 'resp_0', temperature: 0 }, scorer: { id: 'chrf' }, method: { id: 'leave-one-out' } });
    expect(body.error).toBeNull();
    for (const sent of asked(server)) expect(sent).toMatchObject({ prompt, previous_response_id: 'resp_0' });
    const refuse = async (given: object) => {
      const reply = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: { call: { model: 'm', ...given } } });
      return [reply.statusCode, reply.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer];
    };
    expect(await refuse({ input: 'x', conversation: 'conv_1' })).toEqual([422, '/call/conversation']);
    expect(await refuse({ prompt })).toEqual([400, '/call/prompt']);
  });

  it.each([['asked for', {}], ['given', { completion: 'Vilnius.' }]])('is refused where there is no route for it, its answer %s', async (_, more) => {
    const { server, stack } = await serve({ answer: knows, missing: ['/v1/responses'] });
    const { body } = await explainAndWait(stack.app, { call, ...more, method: { id: 'leave-one-out' } });
    expect(body).toMatchObject({ status: 'failed', error: { code: 'unsupported_call', detail: 'fake has no /responses for this model: calls to it have `messages` or `prompt`, not `input`' } });
    expect(asked(server).length).toBeLessThanOrEqual(1);
  });

  it('is told nothing of other routes in its notes', async () => {
    const { stack } = await serve({ answer: knows });
    const { body } = await explainAndWait(stack.app, { call, method: { id: 'leave-one-out' } });
    expect(body.result?.scorer.notes.filter((note) => note.startsWith('responses: '))).not.toEqual([]);
    expect(body.result?.scorer.notes.filter((note) => /^(chat|completions|tokenizer): /.test(note))).toEqual([]);
  });
});
