import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { explainAndWait, type Explanation, type Stack, startStack, topUnit } from '../helpers/stack.ts';
import { startModelServer, type ModelServer } from '../helpers/model-server.ts';

const passage = (text: string, question: string) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text, explain: 'split' }, { type: 'text', text: question, explain: 'fixed' }] }],
  temperature: 0,
  max_tokens: 16,
});

function scoreOf(body: Explanation, start: string): number | null | undefined {
  const unit = body.result?.units.find(({ text }) => text.startsWith(start));
  return body.result?.attributions[0]?.scores[unit?.index ?? -1];
}

describe('contrast on the embedded model', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.close());

  const pets = 'Lars was tired after lunch. The sky was clear. Galdor has its main office in Vilnius. Coffee was served at noon. Lars has a pet tortoise. Rufus has a pet turtle.';
  const call = { model: 'tiny-reader', ...passage(pets, '\nWhat kind of animal does Lars keep?') };
  const job = (more: object = {}, options: object = {}) => ({ call, scorer: { id: 'contrast', options: { foil: 'A turtle.', ...options } }, method: { id: 'leave-one-out' }, ...more });

  it.each(['leave-one-out', 'auto', 'shapley', 'lasso'])('%s: what speaks for the answer comes first, what speaks for the foil below 0', async (method) => {
    const { body } = await explainAndWait(stack.app, job({ method: { id: method } }));
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe('A tortoise.');
    expect(body.result?.scorer).toMatchObject({ id: 'contrast', rung: 'prompt_logprobs', unit: 'nats' });
    expect(topUnit(body.result)).toBe('Lars has a pet tortoise.');
    expect(scoreOf(body, 'Lars has')).toBeGreaterThan(5);
    expect(scoreOf(body, 'Rufus')).toBeLessThan(-0.5);
    expect(body.result?.usage.calls).toBeLessThanOrEqual(body.estimate.calls);
  });

  it('is the difference of what weighing the two by themselves gives', async () => {
    const weigh = async (completion: string) => (await explainAndWait(stack.app, job({ completion, scorer: { id: 'log-likelihood' } }))).body.result?.attributions[0];
    const [own, foil] = [await weigh('A tortoise.'), await weigh('A turtle.')];
    const { body } = await explainAndWait(stack.app, job({ completion: 'A tortoise.' }));
    body.result?.attributions[0]?.scores.forEach((score, unit) => {
      if (score !== null) expect(score).toBeCloseTo((own?.scores[unit] ?? NaN) - (foil?.scores[unit] ?? NaN), 9);
    });
    // both had been weighed before
    expect(body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    expect(body.result?.evaluations).toMatchObject({ asked: 0, cached: body.result?.evaluations.planned });
  });

  it('counts two evaluations for every mask, half of them free after a job that weighed the answer', async () => {
    const other = { ...call, messages: passage(pets.replaceAll('Lars', 'Nina'), '\nWhat kind of animal does Nina keep?').messages };
    const first = await explainAndWait(stack.app, job({ call: other, completion: 'A tortoise.', scorer: { id: 'log-likelihood' } }));
    const { body } = await explainAndWait(stack.app, job({ call: other, completion: 'A tortoise.' }));
    const masks = first.body.result?.evaluations.planned ?? 0;
    expect(body.estimate.calls).toBe(2 * masks + 1);
    expect(body.result?.evaluations).toEqual({ planned: 2 * masks, distinct: 2 * masks, asked: masks, cached: masks, failed: 0 });
    expect(body.result?.usage.calls).toBe(masks);
  });

  it('has a part of the answer replaced, and fits again from what is stored', async () => {
    const { body } = await explainAndWait(stack.app, job({ targets: [{ kind: 'match', pattern: 'tortoise' }] }, { foil: 'turtle' }));
    expect(topUnit(body.result)).toBe('Lars has a pet tortoise.');
    const attribute = (targets: object[], more: object = {}) => stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets, ...more } });
    const again = await attribute([{ kind: 'span', start: 2, end: 10 }]);
    expect(again.json<{ attributions: unknown }>().attributions).toEqual(body.result?.attributions);
    const elsewhere = await attribute([{ kind: 'completion' }]);
    expect([elsewhere.statusCode, elsewhere.json<{ code: string }>().code]).toEqual([422, 'evaluations_missing']);
    const several = await attribute([{ kind: 'match', pattern: '[a-z]' }]);
    expect([several.statusCode, several.json<{ code: string }>().code]).toEqual([422, 'target_unsupported']);
  });

  it('shows the columns of both in the evaluations', async () => {
    const { body } = await explainAndWait(stack.app, job());
    const read = (accept: string) => stack.app.inject({ url: `/v1/explanations/${body.id}/evaluations`, headers: { accept } });
    const table = (await read('application/json')).json<{ columns: string[]; foils: number[]; rows: { values: number[] }[] }>();
    const [from = 0] = table.foils;
    expect([table.columns.slice(0, from).join(''), table.columns.slice(from).join('')]).toEqual(['A tortoise.', 'A turtle.']);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const whole = table.rows[0]?.values ?? [];
    expect(sum(whole.slice(0, from)) - sum(whole.slice(from))).toBeCloseTo(body.result?.attributions[0]?.intercept ?? NaN, 9);
    expect((await read('text/csv')).body.split('\r\n')[0]).toMatch(/,0:A,.*,\d+:foil:A,\d+:foil: turtle,/);
  });

  it('lends a foil the space that a plain completion begins with', async () => {
    const prompt = [{ type: 'text', text: 'Samuel is the manager of Elsa. The marathon takes place on May 22. The festival takes place on June 3.' }, { type: 'text', text: '\nQuestion: When does the marathon take place?\nAnswer:', explain: 'fixed' }];
    const { body } = await explainAndWait(stack.app, job({ call: { model: 'tiny-reader', prompt, temperature: 0, max_tokens: 16 } }, { foil: 'June 3.', transform: 'log_prob_mean' }));
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe(' May 22.');
    expect(topUnit(body.result)).toBe('The marathon takes place on May 22.');
    expect(scoreOf(body, 'The festival')).toBeLessThan(scoreOf(body, 'Samuel') ?? 0);
  });

  it.each<[string, object, number, string, string]>([
    ['without a foil', { scorer: { id: 'contrast' } }, 400, 'validation_failed', '/scorer/options/foil'],
    ['with the completion as the foil', job({ completion: 'A turtle.' }), 400, 'validation_failed', '/scorer/options/foil'],
    ['of several targets', job({ completion: 'One. Two.', targets: [{ kind: 'sentences' }] }), 422, 'target_unsupported', '/targets'],
  ])('is refused at once %s', async (_, payload, status, code, pointer) => {
    const { status: seen, body } = await explainAndWait(stack.app, { call, ...payload });
    const problem = body as unknown as { code: string; errors: { pointer: string }[] };
    expect([seen, problem.code, problem.errors[0]?.pointer]).toEqual([status, code, pointer]);
  });

  it('ends in a problem where the model itself says what the foil says', async () => {
    const { body } = await explainAndWait(stack.app, job({}, { foil: 'A tortoise.' }));
    expect(body.error).toMatchObject({ code: 'validation_failed' });
  });
});

describe('contrast on other servers', () => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  const call = passage('The sky was clear. Galdor is based in Vilnius. Ignore that. Coffee was served.', ' Where is Galdor based?');
  const worth: Record<string, [number, number]> = { sky: [0, 0.5], Vilnius: [4, 1], Ignore: [-1, 2], Coffee: [0.25, 0.25] };
  const value = (context: string, side: 0 | 1) => Object.entries(worth).reduce((sum, [word, weights]) => sum + (context.includes(word) ? weights[side] : 0), -8);
  const planted = {
    answer: () => 'Vilnius',
    logprob: (token: string, context: string) => (token.trim() === 'Vilnius' ? value(context, 0) : token.trim() === 'Kyoto' ? value(context, 1) : undefined),
  };

  async function serve(options: Parameters<typeof startModelServer>[0]): Promise<{ server: ModelServer; stack: Stack }> {
    const server = await startModelServer({ ...planted, ...options });
    open.push(server);
    const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
    open.push(stack);
    return { server, stack };
  }
  const job = (more: object = {}) => ({ call: { model: 'm', ...call }, completion: 'Vilnius', scorer: { id: 'contrast', options: { foil: 'Kyoto' } }, method: { id: 'leave-one-out' }, ...more });

  it('a planted game comes back to the last digit', async () => {
    const { stack } = await serve({});
    const { body } = await explainAndWait(stack.app, job());
    const scores = body.result?.attributions[0]?.scores.filter((score) => score !== null) ?? [];
    Object.values(worth).forEach(([own, foil], unit) => expect(scores[unit]).toBeCloseTo(own - foil, 9));
  });

  it('what it uses is what the server saw, and the same job again is nothing', async () => {
    const { server, stack } = await serve({ missing: ['/v1/completions'], tokenize: false });
    await explainAndWait(stack.app, job({ completion: 'Something' }));
    const before = server.evaluationCount();
    const { body } = await explainAndWait(stack.app, job());
    expect(body.error).toBeNull();
    expect(body.result?.usage.calls).toBe(server.evaluationCount() - before);
    const after = server.requests.length;
    const again = await explainAndWait(stack.app, job());
    expect(server.requests.length).toBe(after);
    expect(again.body.result?.attributions).toEqual(body.result?.attributions);
  });

  it('spends a budget that ends early on whole pairs', async () => {
    const { stack } = await serve({});
    const { body } = await explainAndWait(stack.app, job({ method: { id: 'lasso' }, budget: { prompt_tokens: 3_000 }, call: { model: 'm', ...passage(Array.from({ length: 20 }, (_, index) => `Fact ${index} is here.`).join(' '), ' Which?') } }));
    expect(body.error).toBeNull();
    expect(body.result?.stopped_by).toBe('budget');
    const table = (await stack.app.inject(`/v1/explanations/${body.id}/evaluations`)).json<{ rows: { values: (number | null)[] }[] }>();
    expect(table.rows.length).toBeGreaterThan(2);
    expect(table.rows.every(({ values }) => !values.includes(null))).toBe(true);
    expect(body.result?.evaluations.asked).toBe(2 * table.rows.length);
    expect(body.result?.usage.calls).toBe(body.result?.evaluations.asked);
  });

  it('is not to be had where nothing is weighed', async () => {
    const { stack } = await serve({ echo: 'off', promptLogprobs: false });
    const { body } = await explainAndWait(stack.app, job());
    expect(body.error).toMatchObject({ code: 'scorer_unavailable' });
  });
});
