import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { demoJob } from '../../src/bin/demo-job.ts';
import type { Result } from '../../src/contract/resource.ts';
import { mostChecks } from '../../src/core/curves/bound.ts';
import { CHECKS } from '../../src/core/curves/spec.ts';
import { type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';
import { explainAndWait, type Explanation, type Stack, startStack } from '../helpers/stack.ts';

const job = (more: object = {}) => ({ ...demoJob, method: { id: 'leave-one-out' }, completion: 'A tortoise.', ...more });
const lengths = ['Dinner was ready at seven. ', 'Vera lives in Ghent. ', 'Lars has a pet tortoise. ', 'Oscar is the best friend of Vera. ', 'Rufus has a pet turtle. ', 'The river is deep here. ', 'Lars works for Galdor. ', 'Coffee was served at noon.'].map((text) => text.length);
const most = (baselines: number) => mostChecks(lengths, { checks: CHECKS, baselines, topK: [1, 3, 5] });

describe('checks on request, on the embedded model', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.close());
  const run = async (body: object): Promise<Result> => {
    const { body: ended } = await explainAndWait(stack.app, body);
    expect(ended.error).toBeNull();
    return ended.result as Result;
  };
  const post = async <T>(url: string, payload: object): Promise<T> => (await stack.app.inject({ method: 'POST', url, payload })).json<T>();

  it('are none where none are asked for', async () => {
    const { faithfulness } = await run(job());
    expect(faithfulness).toMatchObject({ checked: null, deletion: null, insertion: null, top_k: null, sufficiency: null, necessity: null });
  });

  it('drop the value with the sentence that holds the answer, and say so', async () => {
    const { faithfulness, units } = await run(job({ seed: 1, faithfulness: {} }));
    const { checked, deletion, insertion, top_k: topK, sufficiency, necessity } = faithfulness;
    const whole = (checked?.full ?? NaN) - (checked?.empty ?? NaN);
    expect(checked).toMatchObject({ target: 0, missing: 0 });
    expect(deletion?.shares).toHaveLength(9);
    expect([deletion?.drops[0], deletion?.shares[0], deletion?.shares[8]]).toEqual([0, 0, 1]);
    expect(deletion?.shares[1]).toBeCloseTo((lengths[2] ?? 0) / lengths.reduce((sum, length) => sum + length, 0), 12);
    expect(deletion?.drops[1]).toBeGreaterThan(0.5 * whole);
    expect(deletion?.drops[8]).toBeCloseTo(whole, 9);
    expect(insertion?.rises[8]).toBeCloseTo(whole, 9);
    expect(deletion?.gain).toBeGreaterThan(0);
    expect(insertion?.gain).toBeGreaterThan(0);
    expect([deletion?.random.aupc.length, insertion?.random.aupc.length]).toEqual([3, 3]);
    expect(topK?.map(({ k }) => k)).toEqual([1, 3, 5]);
    expect(topK?.[0]?.drop).toBe(deletion?.drops[1]);
    expect(units[necessity?.units[0] ?? -1]?.text.trim()).toBe('Lars has a pet tortoise.');
    expect(necessity?.share).toBeGreaterThan(0.5);
    expect(sufficiency?.share).toBeGreaterThan(0.5);
    expect(faithfulness.reasons.join(' ')).toMatch(/Taking the three highest units away lowers the value by [\d.]+.*three random ones/);
  });

  it('take what was planned for them, on top of what the job would have asked', async () => {
    const plain = await run(job({ seed: 2, completion: 'A cat.' }));
    const checked = await run(job({ seed: 2, completion: 'A cat.', faithfulness: { baselines: 2 } }));
    expect(checked.attributions).toEqual(plain.attributions);
    expect(checked.faithfulness.holdout_r2).toBe(plain.faithfulness.holdout_r2);
    expect(checked.evaluations.planned).toBe(plain.evaluations.planned + most(2));
    // everything else was in the cache
    expect(checked.usage.calls).toBe(checked.faithfulness.checked?.calls);
    expect(checked.usage.calls).toBeGreaterThan(10);
    expect(checked.faithfulness.checked?.needed).toBeLessThanOrEqual(most(2));
    const again = await run(job({ seed: 2, completion: 'A cat.', faithfulness: { baselines: 2 } }));
    expect(again.usage.calls).toBe(0);
    expect(again.faithfulness).toEqual({ ...checked.faithfulness, checked: { ...checked.faithfulness.checked, calls: 0 } });
  });

  it('are in the estimate and in the budget', async () => {
    const scorer = { id: 'log-likelihood' };
    const body = job({ seed: 3, scorer, faithfulness: {} });
    const [plain, checked] = [await post<Explanation['estimate']>('/v1/estimates', job({ seed: 3, scorer })), await post<Explanation['estimate']>('/v1/estimates', body)];
    expect(checked.calls).toBe(plain.calls + most(3));
    expect(checked.prompt_tokens).toBeGreaterThan(plain.prompt_tokens);
    const result = await run(body);
    expect(result.usage.calls).toBeLessThanOrEqual(checked.calls);
    const refused = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: { ...body, budget: { calls: 20 } } });
    expect(refused.json()).toMatchObject({ code: 'budget_too_small', errors: [{ pointer: '/budget/calls', message: expect.stringContaining('for `faithfulness`') as string }] });
  });

  it.each(['auto', 'lasso', 'shapley', 'banzhaf', 'owen', 'clime', 'lshap'])('change no score of %s, also when it is asked again', async (method) => {
    const plain = await run(job({ seed: 4, method: { id: method } }));
    const { body } = await explainAndWait(stack.app, job({ seed: 4, method: { id: method }, faithfulness: { target: 1 }, targets: [{ kind: 'completion' }, { kind: 'match', pattern: 'tortoise' }] }));
    expect(body.result?.attributions[0]).toEqual(plain.attributions[0]);
    expect(body.result?.faithfulness.checked?.target).toBe(1);
    const later = await post<{ attributions: unknown[] }>(`/v1/explanations/${body.id}/attributions`, { targets: [{ kind: 'completion' }, { kind: 'match', pattern: 'tortoise' }] });
    expect(later.attributions).toEqual(body.result?.attributions);
  });

  it('are never fitted, and marked in the evaluations', async () => {
    const ids = [];
    for (const faithfulness of [null, {}]) ids.push((await explainAndWait(stack.app, job({ seed: 5, faithfulness }))).body.id);
    const refits = await Promise.all(ids.map((id) => post<{ attributions: unknown[] }>(`/v1/explanations/${id}/attributions`, { targets: [{ kind: 'completion' }], method: { id: 'clime' } })));
    expect(refits[1]).toEqual(refits[0]);
    const tables = await Promise.all(ids.map(async (id) => (await stack.app.inject(`/v1/explanations/${id}/evaluations`)).json<{ rows: { holdout: boolean }[] }>()));
    const [fitted, kept] = [true, false].map((method) => tables.map(({ rows }) => rows.filter(({ holdout }) => holdout !== method).length));
    expect(fitted?.[1]).toBe(fitted?.[0]);
    expect(kept?.[1]).toBeGreaterThan(kept?.[0] ?? NaN);
  });

  it('work on answers that are compared', async () => {
    const { faithfulness, scorer } = await run(job({ seed: 6, scorer: { id: 'chrf' }, faithfulness: { checks: ['deletion', 'necessity'], baselines: 1 } }));
    expect(scorer.unit).toBe('similarity');
    expect(faithfulness).toMatchObject({ insertion: null, top_k: null, sufficiency: null });
    expect(faithfulness.checked?.full).toBe(1);
    expect(faithfulness.deletion?.drops[1]).toBeGreaterThan(0);
    expect(faithfulness.deletion?.drops.every((drop) => drop !== null && drop >= 0 && drop <= 1)).toBe(true);
  });

  it('leave empty what the budget no longer held', async () => {
    const body = job({ seed: 7, completion: 'A turtle.' });
    await run(body);
    // everything but the checks is in the cache, and one prompt token is enough for none of them
    const { faithfulness, stopped_by: stoppedBy, attributions } = await run({ ...body, faithfulness: {}, budget: { prompt_tokens: 1 } });
    expect(attributions[0]?.scores.filter((score) => score !== null)).toHaveLength(8);
    expect(stoppedBy).toBe('budget');
    expect(faithfulness.checked?.calls).toBe(0);
    expect(faithfulness.checked?.missing).toBeGreaterThan(0);
    expect(faithfulness.deletion?.drops.slice(0, 2)).not.toContain(null);
    expect(faithfulness.deletion?.drops).toContain(null);
    expect(faithfulness.deletion?.shares).toHaveLength(9);
    expect(faithfulness.reasons.join(' ')).toMatch(/\d+ of the \d+ evaluations that the checks needed are missing/);
  });

  it('look at a target that is there, or the request is refused', async () => {
    const wrong = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: job({ faithfulness: { target: 2 }, targets: [{ kind: 'match', pattern: '\\w+' }] }) });
    expect(wrong.json()).toMatchObject({ code: 'target_not_found', errors: [{ pointer: '/faithfulness/target' }] });
    // before the answer is known there is nothing to refuse it by
    const { body } = await explainAndWait(stack.app, job({ completion: null, faithfulness: { target: 2 } }));
    expect(body.error).toMatchObject({ code: 'target_not_found' });
    for (const faithfulness of [{ checks: [] }, { checks: ['deletions'] }, { baselines: -1 }, { top_k: [0] }, { steps: 3 }]) {
      expect((await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: job({ faithfulness }) })).statusCode).toBe(400);
    }
  });
});

describe('checks of a planted game', () => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const part of open.splice(0).toReversed()) await part.close();
  });
  const worth = { alpha: 0.25, gamma: 3, delta: 0, sigma: 1.5, omega: 0.75 };
  const value = (text: string) => Object.entries(worth).reduce((sum, [word, weight]) => sum + (text.includes(word) ? weight : 0), -9);
  const parts = Object.keys(worth).map((text) => ({ type: 'text', text, explain: 'whole' }));
  const call = { model: 'm', temperature: 0, messages: [{ role: 'user', content: [...parts, { type: 'text', text: 'Which city?', explain: 'fixed' }] }] };

  async function check(options: ModelServerOptions, faithfulness: object, method = 'leave-one-out') {
    const server = await startModelServer({ answer: () => 'Yes', logprob: (token, context) => (token.trim() === 'Yes' ? value(context) : undefined), ...options });
    open.push(server);
    const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
    open.push(stack);
    const { body } = await explainAndWait(stack.app, { call, method: { id: method }, faithfulness });
    expect(body.error).toBeNull();
    return body.result as Result;
  }

  it('give its sums to the last digit', async () => {
    const { faithfulness } = await check({}, { baselines: 4 });
    const near = (numbers: readonly number[]) => numbers.map((number) => expect.closeTo(number, 9) as number);
    const ends = { full: expect.closeTo(-3.5, 9) as number, empty: expect.closeTo(-9, 9) as number };
    expect(faithfulness.checked).toMatchObject({ target: 0, missing: 0, ...ends });
    expect(faithfulness.deletion?.shares).toEqual(near([0, 0.2, 0.4, 0.6, 0.8, 1]));
    expect(faithfulness.deletion?.drops).toEqual(near([0, 3, 4.5, 5.25, 5.5, 5.5]));
    expect(faithfulness.insertion?.rises).toEqual(near([0, 3, 4.5, 5.25, 5.5, 5.5]));
    expect([faithfulness.deletion?.aupc, faithfulness.deletion?.reverse.aupc]).toEqual(near([1.5, 0]));
    expect(faithfulness.deletion?.random.aupc.every((area) => Object.values(worth).some((one) => Math.abs(one / 2 - (area ?? NaN)) < 1e-9))).toBe(true);
    expect(faithfulness.top_k).toMatchObject([{ k: 1, drop: expect.closeTo(3, 9) as number }, { k: 3, drop: expect.closeTo(5.25, 9) as number }, { k: 5, drop: expect.closeTo(5.5, 9) as number, random: expect.closeTo(5.5, 9) as number }]);
    expect(faithfulness.sufficiency).toMatchObject({ k: 1, units: [1], value: expect.closeTo(-6, 9) as number, share: expect.closeTo(3 / 5.5, 9) as number });
    expect(faithfulness.necessity).toMatchObject({ k: 1, units: [1], value: expect.closeTo(-6.5, 9) as number, share: expect.closeTo(3 / 5.5, 9) as number });
    expect(faithfulness.verdict).toBe('good');
  });

  it('leave empty what the server refuses, and only that', async () => {
    const noLikelihood: ModelServerOptions = { echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false };
    const absent = (text: string, ...words: string[]) => words.every((word) => !text.includes(word));
    const { faithfulness, evaluations } = await check(
      { ...noLikelihood, answer: ({ text }) => (text.includes('gamma') ? 'Vilnius it is.' : 'No idea.'), refuse: (text) => absent(text, ...Object.keys(worth)) },
      { checks: ['deletion', 'necessity'], baselines: 0 },
    );
    expect(evaluations.failed).toBeGreaterThan(0);
    expect(faithfulness.checked).toMatchObject({ full: 1, empty: null });
    expect(faithfulness.deletion?.drops.map((drop) => drop === null)).toEqual([false, false, false, false, false, true]);
    expect(faithfulness.deletion).toMatchObject({ aupc: expect.any(Number) as number, gain: null });
    expect(faithfulness.necessity).toMatchObject({ k: 1, units: [1], value: expect.any(Number) as number, share: null });
  });
});
