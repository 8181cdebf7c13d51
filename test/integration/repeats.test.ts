import { afterEach, describe, expect, it } from 'vitest';
import { wilson } from '../../src/core/proportions.ts';
import type { Result } from '../../src/contract/resource.ts';
import { explainAndWait, type Explanation, type Stack, startStack } from '../helpers/stack.ts';
import type { ModelServer, ModelServerOptions } from '../helpers/model-server.ts';
import { startSamplingServer } from '../helpers/sampling-server.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

const KEY = 'Galdor is based in Vilnius.';
const passage = `The sky was clear. Coffee was served at noon. ${KEY} The road was narrow. Nobody answered the phone. The lamp was broken.`;

/** `about` makes calls that share no answer. */
const job = (about: string, more: object = {}, call: object = {}, text = passage) => ({
  call: {
    model: 'm',
    temperature: 1,
    messages: [{ role: 'user', content: [{ type: 'text', text, explain: 'split' }, { type: 'text', text: `\nWhere is Galdor based? (${about})`, explain: 'fixed' }] }],
    ...call,
  },
  completion: 'In Vilnius, of course.',
  scorer: { id: 'exact' },
  method: { id: 'leave-one-out' },
  ...more,
});

/** Right in nine of ten cases with the sentence, never without it. */
const reader = (text: string, draw: number) => (text.includes('Vilnius') ? (draw < 0.9 ? 'In Vilnius, of course.' : 'I cannot tell.') : draw < 0.5 ? 'I cannot tell.' : 'Nobody knows.');
/** Takes no notice of the passage. */
const blind = (_text: string, draw: number) => (draw < 0.6 ? 'In Vilnius, of course.' : draw < 0.8 ? 'In Vilnius, perhaps.' : 'I cannot tell.');

async function serve(answer: (text: string, draw: number) => string, options: ModelServerOptions = {}): Promise<{ server: ModelServer; stack: Stack }> {
  const server = await startSamplingServer(answer, options);
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
  open.push(stack);
  return { server, stack };
}

async function run(stack: Stack, body: object): Promise<{ result: Result; explanation: Explanation }> {
  const { body: explanation } = await explainAndWait(stack.app, body);
  expect(explanation.error).toBeNull();
  if (!explanation.result) throw new Error('no result');
  return { result: explanation.result, explanation };
}

const scoredUnits = ({ units }: Result) => units.filter(({ fixed }) => !fixed);
const keyUnit = ({ units }: Result) => units.find(({ text }) => text.includes('Vilnius'))?.index ?? NaN;
const repeated = (id: string, repeats: number, options: object = {}) => ({ scorer: { id, options: { ...options, repeats } } });

describe('a model that samples', () => {
  it.each(['exact', 'token-f1'])('shows the unit that matters and no other (%s)', async (scorer) => {
    const { stack } = await serve(reader);
    let [clear, found, nothing] = [0, 0, 0];
    const jobs = 12;
    for (const { result } of await Promise.all(Array.from({ length: jobs }, (_, at) => run(stack, job(`case ${at}`, repeated(scorer, 5)))))) {
      const hidden = new Set(result.attributions[0]?.indistinguishable);
      if (!hidden.has(keyUnit(result))) found += 1;
      const others = scoredUnits(result).filter(({ index }) => index !== keyUnit(result));
      nothing += others.length;
      clear += others.filter(({ index }) => !hidden.has(index)).length;
      expect(result.noise).toMatchObject({ repeats: 5, reference: [{ samples: 7 }] });
    }
    expect(found).toBeGreaterThanOrEqual(jobs - 1);
    expect(clear / nothing).toBeLessThanOrEqual(0.05);
  });

  it('that ignores the passage has hardly a unit that seems to matter, by any method', async () => {
    const { stack } = await serve(blind);
    const methods: [string, object][] = [['leave-one-out', {}], ['lshap', {}], ['shapley', {}], ['auto', {}], ['banzhaf', { num_masks: 40 }]];
    const jobs = methods.flatMap(([id, options]) =>
      Array.from({ length: 8 }, (_, at) => job(`${id} ${at}`, { scorer: { id: 'token-f1' }, method: { id, options }, budget: { calls: 90 } })));
    let [clear, all] = [0, 0];
    for (const { result } of await Promise.all(jobs.map((body) => run(stack, body)))) {
      all += scoredUnits(result).length;
      clear += scoredUnits(result).length - (result.attributions[0]?.indistinguishable.length ?? 0);
    }
    expect(all).toBe(5 * 8 * 6);
    expect(clear / all).toBeLessThanOrEqual(0.05);
  });

  it('has a floor of about the right size, and rates with their intervals', async () => {
    const { stack } = await serve(reader);
    const { result } = await run(stack, job('the floor', repeated('exact', 50)));
    const [reference] = result.noise?.reference ?? [];
    expect(reference).toMatchObject({ samples: 50 });
    // a rate of 0.9 in 50 samples, three standard errors
    expect(reference?.mean).toBeGreaterThan(0.77);
    expect(reference?.mean).toBeLessThanOrEqual(1);
    expect(reference?.sd).toBeCloseTo(Math.sqrt(((reference?.mean ?? 0) * (1 - (reference?.mean ?? 0)) * 50) / 49), 12);
    expect(reference?.interval).toEqual([...wilson(Math.round((reference?.mean ?? 0) * 50), 50)]);
    // 1.984 standard errors of the difference of two rates in 50 samples each
    expect(result.noise?.floor[0]).toBeCloseTo(1.984 * (reference?.sd ?? 0) * Math.sqrt(2 / 50), 3);
    const [low, high] = result.attributions[0]?.intervals?.[keyUnit(result)] ?? [0, 0];
    expect(low).toBeGreaterThan(0.6);
    expect(high).toBeLessThan(1);
  });

  it('says so where noise hides every score', async () => {
    const { stack } = await serve((_, draw) => (draw < 0.5 ? 'In Vilnius, of course.' : 'I cannot tell.'));
    const { result } = await run(stack, job('hidden'));
    expect(result.attributions[0]?.indistinguishable).toEqual(scoredUnits(result).map(({ index }) => index));
    expect(result.faithfulness.reasons.join()).toContain('No score can be told from zero');
  });

  it('does not take the answer that it explains for a sample of itself', async () => {
    const { server, stack } = await serve(blind);
    const { result } = await run(stack, job('own answer', { completion: null, scorer: { id: 'token-f1' } }));
    const whole = (text: string) => text.includes('lamp') && text.includes('sky') && text.includes('phone') && text.includes('road') && text.includes('Coffee') && text.includes('Vilnius');
    const asked = server.requests.filter(({ body }) => whole(JSON.stringify(body['messages'] ?? '')));
    expect(asked).toHaveLength(1 + 7);
    expect(result.noise?.reference[0]?.samples).toBe(7);
    expect(result.attributions[0]?.intercept).toBe(result.noise?.reference[0]?.mean);
    expect(result.noise?.reference[0]?.mean).toBeLessThan(1);
  });
});

describe('samples are evaluations', () => {
  it('that are asked once, counted once, and more repeats ask only for more', async () => {
    const { server, stack } = await serve(reader);
    await run(stack, job('warm up'));
    const before = server.evaluationCount();
    const first = await run(stack, job('counted', repeated('exact', 3)));
    const { usage, evaluations } = first.result;
    // 7 of the unchanged call, and 3 of each of 6 masks and of the held-out ones
    expect(usage.calls).toBe(server.evaluationCount() - before);
    expect(evaluations).toMatchObject({ asked: usage.calls, distinct: usage.calls, cached: 0, failed: 0 });
    expect((usage.calls - 7) % 3).toBe(0);
    expect(evaluations.planned).toBeGreaterThanOrEqual(evaluations.asked);
    expect(first.explanation.estimate.calls).toBeGreaterThanOrEqual(usage.calls);
    const again = await run(stack, job('counted', repeated('exact', 3)));
    expect(again.result.usage.calls).toBe(0);
    expect(again.result.attributions).toEqual(first.result.attributions);
    const more = await run(stack, job('counted', repeated('exact', 5)));
    expect(more.result.usage.calls).toBe(((usage.calls - 7) / 3) * 2);
  });

  it('with seeds of their own where the call has one', async () => {
    const { server, stack } = await serve(reader);
    const { result } = await run(stack, job('seeded', repeated('exact', 3), { seed: 40 }));
    const seeds = server.requests.filter(({ body }) => body['seed'] !== undefined && body['messages']).map(({ body }) => body['seed'] as number);
    expect([...new Set(seeds)].toSorted((a, b) => a - b)).toEqual([40, 41, 42, 43, 44, 45, 46]);
    expect(result.scorer.notes.join()).toContain('`seed`');
  });

  it('that are kept with their numbers, and give the job’s own numbers again', async () => {
    const { server, stack } = await serve(reader);
    const { result, explanation } = await run(stack, job('kept', repeated('token-f1', 3)));
    const asked = server.requests.length;
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${explanation.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json<Result>().attributions).toEqual(result.attributions);
    expect(server.requests).toHaveLength(asked);
    const { rows } = (await stack.app.inject(`/v1/explanations/${explanation.id}/evaluations`)).json<{ rows: { mask: number[]; sample: number; holdout: boolean }[] }>();
    const samples = Map.groupBy(rows, ({ mask }) => mask.join(''));
    expect(samples.get('111111')?.map(({ sample }) => sample)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const [mask, group] of samples) if (mask.includes('0')) expect(group.map(({ sample }) => sample)).toEqual([0, 1, 2]);
    const csv = await stack.app.inject({ url: `/v1/explanations/${explanation.id}/evaluations`, headers: { accept: 'text/csv' } });
    expect(csv.body.split('\r\n')[0]).toContain('holdout,sample,');
  });

  it('whose failures are left out of the mean', async () => {
    let count = 0;
    const failing = (body: string) => body.includes('failing') && !body.includes('Coffee') && count++ === 0;
    const { stack } = await serve(reader, { fail: ({ body }) => (failing(JSON.stringify(body)) ? { kind: 'status', status: 422 } : undefined) });
    const { result } = await run(stack, job('failing', repeated('exact', 3)));
    expect(result.evaluations.failed).toBe(1);
    expect(scoredUnits(result).map(({ index }) => result.attributions[0]?.scores[index])).not.toContain(null);
  });
});

describe('where repeats do not apply, or do not fit', () => {
  it('a completion that is weighed is not sampled, and the notes say so', async () => {
    const { server, stack } = await serve((text) => (text.includes('Vilnius') ? 'In Vilnius, of course.' : 'I cannot tell.'));
    const asked = await run(stack, job('weighed', { scorer: { id: 'auto', options: { repeats: 4 } } }));
    expect(asked.result.scorer.id).toBe('log-likelihood');
    expect(asked.result.scorer.notes.join()).toContain('`repeats` was not used');
    expect(asked.result.noise).toBeNull();
    const before = server.evaluationCount();
    const { result } = await run(stack, job('weighed', { scorer: { id: 'auto' } }));
    expect(server.evaluationCount() - before).toBe(0);
    expect(result.attributions).toEqual(asked.result.attributions);
    expect(result.scorer.notes.join()).not.toContain('repeats');
  });

  it('at temperature 0 every call is asked once, unless more is asked for', async () => {
    const { stack } = await serve((text) => (text.includes('Vilnius') ? 'In Vilnius, of course.' : 'I cannot tell.'));
    const once = await run(stack, job('cold', {}, { temperature: 0 }));
    expect(once.result.noise).toBeNull();
    expect(once.result.attributions[0]?.intervals).toBeNull();
    const more = await run(stack, job('cold', repeated('exact', 2), { temperature: 0 }));
    expect(more.result.noise).toMatchObject({ repeats: 2, reference: [{ mean: 1, sd: 0, samples: 7 }] });
  });

  it('a budget that holds the method once but not so often is refused at the repeats', async () => {
    const { stack } = await serve(reader);
    const refused = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: job('dear', { ...repeated('exact', 10), budget: { calls: 40 } }) });
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({ code: 'budget_too_small', errors: [{ pointer: '/scorer/options/repeats' }] });
    expect(refused.json<{ detail: string }>().detail).toContain('70 calls');
    const never = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: job('dear', { ...repeated('exact', 10), budget: { calls: 3 } }) });
    expect(never.json()).toMatchObject({ errors: [{ pointer: '/budget/calls' }] });
  });

  it('a budget that holds just the masks has no noise floor, and says so', async () => {
    const { stack } = await serve(reader);
    const { result } = await run(stack, job('tight', { budget: { calls: 7 } }));
    expect(result.usage.calls).toBeLessThanOrEqual(7);
    expect(result.noise).toBeNull();
    expect(result.scorer.notes.join()).toContain('no room');
  });
});
