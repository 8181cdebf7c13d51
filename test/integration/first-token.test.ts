import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { explainAndWait, type Explanation, type Stack, startStack, topUnit } from '../helpers/stack.ts';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

const passage = (text: string, question: string) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text, explain: 'split' }, { type: 'text', text: question, explain: 'fixed' }] }],
  temperature: 0,
  max_tokens: 16,
});

describe('first-token on the embedded model', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.close());

  const text = 'Nina lives in Ghent. The sky was clear. Lars lives in Porto. Coffee was served at noon.';
  const call = { model: 'tiny-reader', ...passage(text, '\nIn which city does Lars live?') };
  const job = (options: object = {}, more: object = {}) => ({ call, scorer: { id: 'first-token', options }, method: { id: 'leave-one-out' }, ...more });
  const scoreOf = (body: Explanation, start: string) => body.result?.attributions[0]?.scores[body.result.units.findIndex((unit) => unit.text.startsWith(start))] ?? NaN;

  it.each(['leave-one-out', 'auto', 'lasso'])('%s: the sentence with the answer comes first', async (method) => {
    const { body } = await explainAndWait(stack.app, job({}, { method: { id: method } }));
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe('Porto.');
    expect(body.result?.scorer).toMatchObject({ id: 'first-token', rung: 'first_token', unit: 'log-odds' });
    expect(topUnit(body.result)).toBe('Lars lives in Porto.');
    expect(body.result?.usage.calls).toBeLessThanOrEqual(body.estimate.calls);
    expect(body.result?.evaluations.failed).toBe(0);
  });

  it('tells two labels apart: what speaks for the other one lies below 0', async () => {
    const { body } = await explainAndWait(stack.app, job({ positive: ['Porto'], negative: ['Ghent'] }));
    expect(scoreOf(body, 'Lars')).toBeGreaterThan(5);
    expect(scoreOf(body, 'Nina')).toBeLessThan(-0.2);
  });

  it('says what weighing says, where an answer is one token', async () => {
    const opened = await explainAndWait(stack.app, job({}, { completion: 'Porto' }));
    const weighed = await explainAndWait(stack.app, job({}, { completion: 'Porto', scorer: { id: 'log-likelihood', options: { transform: 'log_odds' } } }));
    const [own, other] = [opened.body.result, weighed.body.result].map((result) => result?.attributions[0]);
    // " Porto" counts with "Porto", which adds a little
    expect(own?.intercept).toBeGreaterThanOrEqual(other?.intercept ?? NaN);
    expect(own?.intercept).toBeCloseTo(other?.intercept ?? NaN, 0);
    const difference = (start: string) => scoreOf(opened.body, start) - scoreOf(weighed.body, start);
    for (const start of ['Nina', 'The sky', 'Coffee']) expect(Math.abs(difference(start))).toBeLessThan(0.5);
    // without its sentence the answer is below what is shown: the most that it can be makes the least effect
    expect(difference('Lars')).toBeLessThan(0.5);
  });

  it('gives the job’s own numbers again, shows what was seen, and says nothing of later parts', async () => {
    const { body } = await explainAndWait(stack.app, job());
    const attribute = (target: object) => stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [target] } });
    const again = await attribute({ kind: 'completion' });
    expect(again.json<{ attributions: unknown }>().attributions).toEqual(body.result?.attributions);
    const later = await attribute({ kind: 'span', start: 2, end: 4 });
    expect([later.statusCode, later.json<{ code: string }>().code]).toEqual([422, 'target_unsupported']);
    const read = (accept: string) => stack.app.inject({ url: `/v1/explanations/${body.id}/evaluations`, headers: { accept } });
    const table = (await read('application/json')).json<{ columns: string[]; foils: number[]; rows: { values: number[]; opening: { token: string }[] }[] }>();
    expect(table).toMatchObject({ columns: ['Porto.'], foils: [] });
    expect(table.rows[0]?.opening[0]?.token).toBe('Porto');
    expect(table.rows[0]?.values[0]).toBeCloseTo(body.result?.attributions[0]?.intercept ?? NaN, 9);
    expect((await read('text/csv')).body.split('\r\n')[0]).toMatch(/,holdout,sample,0:Porto\.,opening$/);
  });

  it('works for plain completions, and asks nothing twice', async () => {
    const prompt = [{ type: 'text', text: 'The marathon takes place on May 22. Rita reports to Amir. The sky was clear.' }, { type: 'text', text: '\nQuestion: To whom does Rita report?\nAnswer:', explain: 'fixed' }];
    const plain = job({}, { call: { model: 'tiny-reader', prompt, temperature: 0, max_tokens: 16 } });
    const { body } = await explainAndWait(stack.app, plain);
    expect(body.error).toBeNull();
    expect(topUnit(body.result)).toBe('Rita reports to Amir.');
    const again = await explainAndWait(stack.app, plain);
    expect(again.body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    expect(again.body.result?.attributions).toEqual(body.result?.attributions);
  });

  it('is refused where labels of both sides begin with the same token', async () => {
    const { body } = await explainAndWait(stack.app, job({ positive: ['Porto is the city'], negative: ['Porto was the city'] }));
    expect(body.error).toMatchObject({ code: 'scorer_unavailable', errors: [{ pointer: '/scorer/options/negative/0' }] });
    const same = await explainAndWait(stack.app, job({ positive: ['Porto'], negative: ['Porto'] }));
    expect(same.status).toBe(400);
  });
});

describe('first-token on other servers', () => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  const call = { model: 'm', ...passage('The sky was clear. Galdor is based in Vilnius. Coffee was served.', ' Where is Galdor based?') };
  const knows = (text: string) => text.includes('Vilnius');
  /** Nothing but what OpenAI's chat route gives. */
  const shown: ModelServerOptions = {
    echo: 'off',
    promptLogprobs: false,
    tokenize: false,
    topLogprobs: 20,
    alternatives: ['Vilnius.', 'I', 'Kyoto', 'Oslo', 'Lima'],
    answer: ({ text }) => (knows(text) ? 'Vilnius.' : 'I'),
    logprob: (token, context) => ({ 'Vilnius.': knows(context) ? -0.1 : -7, I: knows(context) ? -3 : -0.2, Kyoto: -4, Oslo: -5, Lima: -6 })[token.trim()],
  };

  async function serve(options: ModelServerOptions): Promise<{ server: ModelServer; stack: Stack }> {
    const server = await startModelServer({ ...shown, ...options });
    open.push(server);
    const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
    open.push(stack);
    return { server, stack };
  }
  const job = (more: object = {}) => ({ call, scorer: { id: 'first-token' }, method: { id: 'leave-one-out' }, ...more });
  const scores = (body: Explanation) => body.result?.attributions[0]?.scores.filter((score) => score !== null) ?? [];
  const odds = (logprob: number) => logprob - Math.log(1 - Math.exp(logprob));

  it('is exact for what is shown', async () => {
    const { stack } = await serve({});
    const { body } = await explainAndWait(stack.app, job());
    expect(body.result?.scorer.rung).toBe('first_token');
    expect(scores(body)[0]).toBeCloseTo(0, 9);
    expect(scores(body)[1]).toBeCloseTo(odds(-0.1) - odds(-7), 9);
    expect(body.result?.scorer.notes.join()).not.toContain('most that it can be');
    expect(body.result?.scorer).toMatchObject({ tokens_scored: 1, censored_tokens: 0, comparison_key: expect.stringMatching(/^cmp_/) as string });
    const labels = await explainAndWait(stack.app, job({ scorer: { id: 'first-token', options: { positive: ['Vilnius.'], negative: ['Kyoto'] } } }));
    expect(scores(labels.body)[1]).toBeCloseTo(-0.1 - -7, 9);
  });

  it('is what `auto` comes to for a label, and chrF for what is none', async () => {
    const { stack } = await serve({});
    const auto = (completion: string) => explainAndWait(stack.app, { call, completion, method: { id: 'leave-one-out' } });
    const label = await auto('Vilnius.');
    expect(label.body.result?.scorer).toMatchObject({ id: 'first-token', rung: 'first_token' });
    expect(topUnit(label.body.result)).toBe('Galdor is based in Vilnius.');
    const again = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${label.body.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(again.json<{ attributions: unknown }>().attributions).toEqual(label.body.result?.attributions);
    expect((await auto('It is based in the city of Vilnius.')).body.result?.scorer).toMatchObject({ id: 'chrf', rung: 'text' });
  });

  it('takes a bound where a server shows fewer, and says how often', async () => {
    const { server, stack } = await serve({ topLogprobs: 2, topLimit: 5 });
    const { body } = await explainAndWait(stack.app, job());
    expect(body.result?.scorer).toMatchObject({ tokens_scored: 1, comparison_key: null });
    expect(body.result?.scorer.censored_tokens).toBeGreaterThan(0);
    expect(body.result?.scorer.notes.join('\n')).toMatch(/chat: 2 alternatives[\s\S]*in \d of \d evaluations no positive label/);
    // without its sentence the label is behind "I" and "Kyoto"
    expect(scores(body)[1]).toBeCloseTo(odds(-0.1) - odds(-4), 9);
    expect(server.requests.some(({ body: sent }) => sent['top_logprobs'] === 5 && sent['temperature'] === 1 && sent['max_tokens'] === 1)).toBe(true);
    expect((await explainAndWait(stack.app, { call, completion: 'Vilnius.', method: { id: 'leave-one-out' } })).body.result?.scorer.id).toBe('chrf');
  });

  it('is to be had from a server that knows no field but OpenAI’s', async () => {
    const { stack } = await serve({ missing: ['/v1/completions'], unknownFields: ['return_token_ids', 'max_tokens', 'prompt_logprobs', 'continue_final_message'] });
    const { max_tokens: _, ...newer } = call;
    const { body } = await explainAndWait(stack.app, job({ call: newer, completion: 'Vilnius.' }));
    expect(body.error).toBeNull();
    expect(scores(body)[1]).toBeCloseTo(odds(-0.1) - odds(-7), 9);
  });

  it('asks a server that takes log-probabilities after temperature at 1', async () => {
    const { stack } = await serve({ temper: 'after' });
    const { body } = await explainAndWait(stack.app, job({ completion: 'Vilnius.' }));
    expect(body.result?.scorer.notes.join()).toContain('after temperature');
    expect(scores(body)[1]).toBeCloseTo(odds(-0.1) - odds(-7), 6);
  });

  it.each<[string, ModelServerOptions]>([
    ['shows none', { topLogprobs: 0 }],
    ['gives no log-probabilities', { chatLogprobs: false, missing: ['/v1/completions'] }],
    ['heats its own way, found out by weighing', { echo: 'on', tokenize: true, temper: 3 }],
    ['shows what sampling left', { temper: 0 }],
  ])('is not to be had from a server that %s', async (_, options) => {
    const { stack } = await serve(options);
    const { body } = await explainAndWait(stack.app, job({ completion: 'Vilnius.' }));
    expect(body.error).toMatchObject({ code: 'scorer_unavailable' });
    const auto = await explainAndWait(stack.app, { call, completion: 'Vilnius.', method: { id: 'leave-one-out' } });
    expect(auto.body.result?.scorer.id).not.toBe('first-token');
    expect(topUnit(auto.body.result)).toBe('Galdor is based in Vilnius.');
  });

  it('matches tokens that end inside a character', async () => {
    const spelled: ModelServerOptions = {
      spelling: 'bytes',
      alternatives: ['I', '日'],
      answer: ({ text }) => (knows(text) ? '東京' : 'I'),
      logprob: (token, context) => (token === 'I' ? (knows(context) ? -3 : -0.2) : undefined),
    };
    const { stack } = await serve(spelled);
    const { body } = await explainAndWait(stack.app, job());
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe('東京');
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
    const table = (await stack.app.inject(`/v1/explanations/${body.id}/evaluations`)).json<{ rows: { opening: { token: string }[] }[] }>();
    expect(table.rows[0]?.opening[0]?.token).toBe('<0xE6>');
  });

  it('uses what the server saw, once', async () => {
    const { server, stack } = await serve({});
    await explainAndWait(stack.app, job({ completion: 'Kyoto', call: { ...call, messages: [{ role: 'user', content: 'Another call. Quite another.' }] } }));
    const before = server.evaluationCount();
    const { body } = await explainAndWait(stack.app, job({ completion: 'Vilnius.' }));
    expect(body.result?.usage.calls).toBe(server.evaluationCount() - before);
    const after = server.requests.length;
    const again = await explainAndWait(stack.app, job({ completion: 'Vilnius.' }));
    expect(server.requests.length).toBe(after);
    expect(again.body.result?.attributions).toEqual(body.result?.attributions);
  });
});
