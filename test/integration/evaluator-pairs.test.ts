import { afterEach, expect, it } from 'vitest';
import { requestSchema } from '../../src/contract/request.ts';
import type { Outcome } from '../../src/core/types.ts';
import { Budget } from '../../src/service/budget.ts';
import { Flights } from '../../src/service/flights.ts';
import { Evaluator } from '../../src/service/evaluator.ts';
import { ONCE } from '../../src/service/repeats.ts';
import { planFor } from '../../src/service/plan.ts';
import type { OutcomeCache } from '../../src/service/ports.ts';
import type { Question } from '../../src/service/question.ts';
import { answer, MODEL, never, openEndpoint } from '../helpers/endpoint-kit.ts';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

/* Two questions about every mask: what is admitted, sent, counted and kept. */

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function mapCache(): OutcomeCache {
  const kept = new Map<string, Outcome>();
  return {
    get: (keys) => Promise.resolve(keys.map((key) => kept.get(key) ?? null)),
    set: (key, outcome) => Promise.resolve(void kept.set(key, outcome)),
    delete: (keys) => Promise.resolve(keys.forEach((key) => kept.delete(key))),
  };
}

async function setUp(options: ModelServerOptions, calls: number | null, onProgress: (done: number) => void = () => undefined, signal = never) {
  const server = await startModelServer({ answer: () => ' Vilnius', ...options });
  const { endpoint, close } = openEndpoint(server.url, { concurrency: 1, maxBatch: 1, models: [MODEL] });
  closers.push(close, () => server.close());
  const request = requestSchema.parse({ call: { model: MODEL, prompt: 'One. Two. Three. Four.' }, completion: ' Vilnius' });
  const plan = planFor(request, { defaultName: 'test', list: () => [endpoint.info] }, { maxUnits: 100, maxCalls: 1_000 });
  const whole = plan.renderer.render(Uint8Array.of(1, 1, 1, 1));
  const ask = async (text: string): Promise<Question> => ({ kind: 'weigh', completion: answer(text), grid: await endpoint.grid(whole, answer(text), never) });
  const [question, foil] = [await ask(' Vilnius'), await ask(' Kyoto')];
  const before = server.evaluationCount();
  const budget = new Budget({ calls, prompt_tokens: null, cost_usd: null, seconds: null }, null);
  const used: string[] = [];
  const evaluator = new Evaluator({ owner: 'me', endpoint, cache: mapCache(), budget, flights: new Flights(), renderer: plan.renderer, question, beside: [foil], repeats: ONCE, completionAsked: false, signal, onProgress, onUsed: (keys) => used.push(...keys) });
  return { evaluator, budget, used, seen: () => server.evaluationCount() - before };
}

const masks = Array.from({ length: 8 }, (_, index) => Uint8Array.of(1, index >> 2, (index >> 1) & 1, index & 1));

it('asks both of every mask, once', async () => {
  const { evaluator, budget, used, seen } = await setUp({}, null);
  const outcomes = (await evaluator.evaluate([...masks, ...masks], 'method')).flat();
  expect(outcomes.every((outcome) => outcome?.kind === 'weighed' && outcome.others?.length === 1)).toBe(true);
  await evaluator.evaluate(masks, 'holdout');
  expect([budget.used.calls, seen(), new Set(used).size]).toEqual([16, 16, 16]);
  expect(evaluator.counts).toEqual({ distinct: 16, asked: 16, cached: 0, failed: 0 });
  expect(evaluator.log.map(({ role }) => role)).toEqual(masks.map(() => 'method'));
});

it('spends an odd budget on whole pairs', async () => {
  const { evaluator, budget, seen } = await setUp({}, 7);
  const outcomes = (await evaluator.evaluate(masks, 'method')).flat();
  expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(3);
  expect([budget.used.calls, seen(), budget.spent]).toEqual([6, 6, true]);
});

it('counts what was sent, not what was admitted, when it is stopped between the two', async () => {
  const stop = new AbortController();
  const { evaluator, budget, seen } = await setUp({}, null, (done) => done === 3 && stop.abort(), stop.signal);
  const outcomes = (await evaluator.evaluate(masks, 'method')).flat();
  // one more may have been on its way
  expect(budget.used.calls).toBeLessThanOrEqual(seen() + 1);
  expect(budget.used.calls).toBeGreaterThanOrEqual(seen());
  expect(outcomes).toContain(null);
});

it('is one failure where either is refused', async () => {
  const { evaluator } = await setUp({ refuse: (text) => text.includes('Kyoto') && !text.includes('Two') }, null);
  const outcomes = (await evaluator.evaluate(masks, 'method')).flat();
  expect(outcomes.map((outcome) => outcome?.kind)).toEqual(masks.map((mask) => (mask[1] === 1 ? 'weighed' : 'failed')));
  expect(evaluator.counts.failed).toBe(4);
});
