import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/contract/resource.ts';
import { methods } from '../../src/core/methods/index.ts';
import { expectTree, leavesOf, partsOf } from '../helpers/leveltree.ts';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { type Explanation, explainAndWait, type Stack, startStack, topUnit } from '../helpers/stack.ts';

/*
 * Levels through the whole service, on a server whose answer is worth a planted sum.
 */

const PARAGRAPHS = [
  'The sky was clear. Coffee was served at noon.\n\n',
  'Galdor is based in Vilnius. The road was narrow. Nobody answered.\n\n',
  'Nothing else was said. ',
];
const WORTH = { Vilnius: 6, narrow: -1, Coffee: 0.25, sky: 0.125, else: 0.0625 };

const value = (context: string) => Object.entries(WORTH).reduce((sum, [word, worth]) => sum + (context.includes(word) ? worth : 0), -12);

let server: ModelServer;
let stack: Stack;

beforeAll(async () => {
  server = await startModelServer({ answer: () => 'Yes indeed', logprob: (token, context) => (token.trim() === 'Yes' ? value(context) : token.trim() === 'indeed' ? -1 : undefined) });
  stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
  await explainAndWait(stack.app, { call: call('Warm up. Now.'), completion: 'No', method: { id: 'leave-one-out' } });
});
afterAll(async () => {
  await stack?.close();
  await server?.close();
});

const call = (text: string, question = 'Well?'): object => ({
  model: 'm',
  temperature: 0,
  messages: [{ role: 'user', content: [{ type: 'text', text, label: 'text' }, { type: 'text', text: question, explain: 'fixed' }] }],
});
let turn = 0;
/** A call of its own for every job, so that no job finds another's evaluations. */
const fresh = () => call(PARAGRAPHS.join(''), `Question ${(turn += 1)}?`);

const job = (id: string, options: object = {}, more: object = {}) => ({
  call: fresh(),
  completion: 'Yes indeed',
  method: { id, options: { levels: ['paragraph', 'sentence'], ...options } },
  ...more,
});

const later = (id: string, payload: object) => stack.app.inject({ method: 'POST', url: `/v1/explanations/${id}/attributions`, payload });

async function done(payload: object): Promise<{ result: Result; body: Explanation; calls: number }> {
  const before = server.evaluationCount();
  const { body } = await explainAndWait(stack.app, payload);
  expect(body.error).toBeNull();
  const { result } = body;
  if (!result) throw new Error('no result');
  return { result, body, calls: server.evaluationCount() - before };
}

describe.each(methods.map(({ id }) => id))('%s with levels', (method) => {
  it('opens the paragraph that matters, and serves all that is made of the result', async () => {
    const { result, body, calls } = await done(job(method, {}, { targets: [{ kind: 'completion' }, { kind: 'match', pattern: 'Yes' }], seed: 3 }));
    expectTree(result);
    expect(leavesOf(result.units).map((unit) => unit.text).join('')).toContain(PARAGRAPHS.join(''));
    expect(topUnit(result)).toBe('Galdor is based in Vilnius.');
    expect(result.units.find((unit) => unit.text === PARAGRAPHS[1])).toMatchObject({ level: 'paragraph', parent: null, label: 'text' });
    expect(calls).toBe(result.usage.calls);
    expect(calls).toBeLessThanOrEqual(body.estimate.calls);
    expect(result.faithfulness.verdict).toBe('good');
    expect(result.evaluations.failed).toBe(0);

    const again = await later(body.id, { targets: [{ kind: 'completion' }, { kind: 'match', pattern: 'Yes' }] });
    expect(again.json<{ attributions: unknown }>().attributions).toEqual(result.attributions);
    // a target that leads elsewhere is explained from the same evaluations, along the same tree
    const elsewhere = await later(body.id, { targets: [{ kind: 'match', pattern: 'indeed' }, { kind: 'span', start: 0, end: 3 }] });
    expect(elsewhere.statusCode).toBe(200);
    expectTree({ ...result, attributions: elsewhere.json<{ attributions: Result['attributions'] }>().attributions });
    const table = (await stack.app.inject(`/v1/explanations/${body.id}/evaluations`)).json<{ units: number[]; rows: { mask: number[]; holdout: boolean }[] }>();
    expect(table.units).toEqual(leavesOf(result.units).filter((unit) => !unit.fixed).map((unit) => unit.index));
    expect(table.rows.every(({ mask }) => mask.length === table.units.length)).toBe(true);
    expect(new Set(table.rows.map(({ mask }) => mask.join(''))).size).toBe(table.rows.length);

    const repeated = await done({ ...job(method), call: (body as unknown as { request: { call: object } }).request.call, targets: [{ kind: 'completion' }, { kind: 'match', pattern: 'Yes' }], seed: 3 });
    expect(repeated.calls).toBe(0);
    expect(repeated.result.attributions).toEqual(result.attributions);
    expect(repeated.result.units).toEqual(result.units);
  });
});

describe('what levels share', () => {
  it('is asked once: leave-one-out pays for the paragraphs and for the sentences of those it opens', async () => {
    const { result, calls } = await done(job('leave-one-out', { refine: { top_k: 1 } }));
    // the whole, three paragraphs, three sentences; then the check
    expect(calls).toBe(1 + 3 + 3 + 5);
    const table = await stack.app.inject('/v1/explanations/latest/evaluations');
    const rows = table.json<{ rows: { mask: number[]; holdout: boolean }[] }>().rows.filter((row) => !row.holdout);
    expect(rows.map((row) => row.mask.join(''))).toEqual(['11111', '01111', '10001', '11110', '10111', '11011', '11101']);
    expect(result.units.map((unit) => unit.level)).toEqual(['paragraph', 'paragraph', 'sentence', 'sentence', 'sentence', 'paragraph', 'part']);
    const scores = result.attributions[0]?.scores ?? [];
    [0.375, 5, 6, -1, 0, 0.0625].forEach((score, unit) => expect(scores[unit]).toBeCloseTo(score, 9));
    expect(result.attributions[0]?.interactions).toEqual([]);
  });

  it('is the same call whatever stands where a unit is absent', async () => {
    const { result, calls } = await done(job('leave-one-out', { refine: { top_k: 1 } }, { perturber: { id: 'placeholder' } }));
    expectTree(result);
    expect(calls).toBe(1 + 3 + 3 + 5);
  });
});

describe('refine', () => {
  it('opens no more than top_k, and only what reaches the threshold', async () => {
    const one = await done(job('leave-one-out', { refine: { top_k: 1, threshold: 0 } }));
    expect(partsOf(one.result.units).size).toBe(1);
    const all = await done(job('leave-one-out', { refine: { top_k: 9, threshold: 0 } }));
    // the last paragraph is one sentence
    expect(partsOf(all.result.units).size).toBe(2);
    const none = await done(job('leave-one-out', { refine: { threshold: 1 } }));
    expect(partsOf(none.result.units).size).toBe(1);
  });

  it('freezes the others: they keep their scores and are always there afterwards', async () => {
    const { result } = await done(job('leave-one-out', { refine: { top_k: 1, freeze: true } }));
    expectTree(result);
    [0.375, 5, 6, -1, 0, 0.0625].forEach((score, unit) => expect(result.attributions[0]?.scores[unit]).toBeCloseTo(score, 9));
  });

  it('goes through as many levels as there are', async () => {
    const { result } = await done(job('leave-one-out', { levels: ['document', 'paragraph', 'sentence', 'word'], refine: { top_k: 1 } }));
    expectTree(result);
    const levels = new Set(leavesOf(result.units).filter((unit) => !unit.fixed).map((unit) => unit.level));
    expect(levels).toEqual(new Set(['paragraph', 'sentence', 'word']));
    expect(topUnit(result)).toBe('Vilnius.');
    expect(result.units[0]).toMatchObject({ level: 'document', parent: null });
  });
});

describe('parts that do not add up', () => {
  it('keeps what was measured of the whole as an interaction of its parts', async () => {
    const either = await startModelServer({ answer: () => 'Yes', logprob: (token, context) => (token.trim() === 'Yes' ? -9 + (/Vilnius|Riga/.test(context) ? 4 : 0) + (context.includes('noon') ? 1 : 0) : undefined) });
    const own = await startStack({ endpoints: [{ baseUrl: either.url }] });
    const text = 'Coffee was served at noon.\n\nGaldor is in Vilnius. Galdor is in Riga.';
    const { body } = await explainAndWait(own.app, { call: call(text), completion: 'Yes', method: { id: 'leave-one-out', options: { levels: ['paragraph', 'sentence'] } } });
    const { units = [], attributions = [] } = body.result ?? {};
    expect(units.map((unit) => unit.text.trim())).toEqual(['Coffee was served at noon.', 'Galdor is in Vilnius. Galdor is in Riga.', 'Galdor is in Vilnius.', 'Galdor is in Riga.', 'Well?']);
    [1, 0, 0, 0].forEach((score, unit) => expect(attributions[0]?.scores[unit]).toBeCloseTo(score, 9));
    expect(attributions[0]?.interactions).toEqual([{ units: [2, 3], score: expect.closeTo(4, 9) as number, reading: 'either suffices' }]);
    await own.close();
    await either.close();
  });
});

describe('budgets', () => {
  it('ends with a coarser tree, and says so, when a later level does not fit', async () => {
    const { result, calls } = await done(job('leave-one-out', { refine: { top_k: 3, threshold: 0 } }, { budget: { calls: 7 } }));
    expectTree(result);
    expect(calls).toBeLessThanOrEqual(7);
    expect(partsOf(result.units).size).toBe(1);
    expect(result.stopped_by).toBe('budget');
    expect(result.attributions[0]?.reasons).toEqual([expect.stringMatching(/^1 unit was not opened into sentence units: the calls/)]);
  });

  it('ends at the first level when no other fits', async () => {
    const { result, calls } = await done(job('leave-one-out', {}, { budget: { calls: 4 } }));
    expect(calls).toBe(4);
    expect(result.units.every((unit) => unit.level !== 'sentence')).toBe(true);
    expect(result.stopped_by).toBe('budget');
  });

  it('refuses what does not hold the first level', async () => {
    const { status, body } = await explainAndWait(stack.app, job('leave-one-out', {}, { budget: { calls: 3 } }));
    expect([status, (body as unknown as { code: string }).code]).toEqual([422, 'budget_too_small']);
  });

  it.each(['lasso', 'auto', 'banzhaf', 'shapley', 'owen'])('%s keeps to its calls', async (method) => {
    for (const cap of [24, 37]) {
      const { calls, body } = await done(job(method, {}, { budget: { calls: cap } }));
      expect(calls).toBeLessThanOrEqual(cap);
      expect(body.estimate.calls).toBeLessThanOrEqual(cap);
    }
  });
});

describe('what is refused', () => {
  it.each<[object, string]>([
    [{ levels: ['sentence'] }, '/method/options/levels'],
    [{ levels: ['sentence', 'paragraph'] }, '/method/options/levels/1'],
    [{ levels: ['paragraph', 'paragraph'] }, '/method/options/levels/1'],
    [{ levels: ['paragraph', 'line'] }, '/method/options/levels/1'],
    [{ refine: { top_k: 0 } }, '/method/options/refine/top_k'],
    [{ refine: { threshold: 2 } }, '/method/options/refine/threshold'],
    [{ refine: { depth: 2 } }, '/method/options/refine/depth'],
  ])('%j', async (options, pointer) => {
    for (const { id } of methods) {
      const reply = await stack.app.inject({ method: 'POST', url: '/v1/estimates', payload: job(id, options) });
      expect([reply.statusCode, reply.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer]).toEqual([400, pointer]);
    }
  });

  it('other levels for a finished job', async () => {
    const { body } = await done(job('leave-one-out'));
    const reply = await later(body.id, { targets: [{ kind: 'completion' }], method: { id: 'lasso', options: { levels: ['paragraph', 'word'] } } });
    expect([reply.statusCode, reply.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer]).toEqual([400, '/method/options/levels']);
  });
});

describe('later targets of a job with levels', () => {
  it('are explained by another method on the units that the job ended with', async () => {
    const { body, result } = await done(job('lasso', {}, { seed: 5 }));
    const reply = await later(body.id, { targets: [{ kind: 'match', pattern: 'Yes' }], method: { id: 'auto' } });
    expect(reply.statusCode).toBe(200);
    expectTree({ ...result, attributions: reply.json<{ attributions: Result['attributions'] }>().attributions });
    const refused = await later(body.id, { targets: [{ kind: 'completion' }], method: { id: 'lshap' } });
    expect(refused.json()).toMatchObject({ code: 'evaluations_missing' });
  });
});
