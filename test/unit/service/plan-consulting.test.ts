import { describe, expect, it } from 'vitest';
import { requestSchema } from '../../../src/contract/request.ts';
import { methods } from '../../../src/core/methods/index.ts';
import { planFor } from '../../../src/service/plan.ts';
import type { EndpointInfo } from '../../../src/service/ports.ts';

const consulted = { endpoint: 'e', model: 'm', price: null };

const info: EndpointInfo = {
  name: 'e',
  dialect: 'auto',
  baseUrl: 'http://127.0.0.1:1/v1',
  models: ['m'],
  concurrency: 4,
  maxBatch: 8,
  requestsPerMinute: null,
  tokensPerMinute: null,
  timeoutSeconds: 1,
  price: null,
  embedding: consulted,
  nli: consulted,
  contradiction: consulted,
  judge: consulted,
};

const limits = { maxUnits: 1_000, maxCalls: 20_000 };
const plan = (body: object, endpoint = info) => planFor(requestSchema.parse(body), { defaultName: 'e', list: () => [endpoint] }, limits);
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(' ');
const body = (method: string, scorer: object, units: number, more: object = {}) => ({ call: { prompt: words(units), temperature: 0 }, segmenter: { id: 'word' }, method: { id: method }, scorer, ...more });

/** The plan that a worker makes of the stored request, and whoever opens the job again. */
const again = (first: ReturnType<typeof plan>) => plan(JSON.parse(JSON.stringify(first.request)) as object);

const scorers = [{ id: 'embedding' }, { id: 'judge' }, { id: 'nli' }, { id: 'judge', options: { mode: 'preference' } }];
const cases = methods.filter(({ id }) => id !== 'shapley').flatMap(({ id }) => [5, 20, 120].flatMap((units) => scorers.map((scorer) => [id, units, scorer] as const)));

describe('a plan that consults', () => {
  it.each(cases)('%s over %d words by %j fits, and so does the plan that is made of its own request', (method, units, scorer) => {
    const first = plan(body(method, scorer, units));
    const cap = first.request.budget.calls ?? 0;
    for (const { calls, extra, methodCalls, heldOutCalls, request } of [first, again(first)]) {
      expect(calls).toBe(1 + extra.once + (methodCalls + heldOutCalls) * (1 + extra.each));
      expect(calls).toBeLessThanOrEqual(cap);
      expect(request.budget.calls).toBe(cap);
    }
    // with few units the check has no masks of its own, and what it leaves is shared out anew
    if (units > 5) expect(again(first).methodCalls).toBe(first.methodCalls);
  });

  it.each(cases.filter(([, , { id }]) => id === 'embedding'))('%s over %d words under auto evaluates no more than without anybody to consult', (method, units) => {
    const nobody = { ...info, embedding: null };
    const alone = plan(body(method, { id: 'auto' }, units), nobody);
    const first = plan(body(method, { id: 'auto' }, units));
    expect(alone.compared).toBeNull();
    expect(again(first).methodCalls).toBeLessThanOrEqual(Math.max(alone.methodCalls, plan(JSON.parse(JSON.stringify(alone.request)) as object, nobody).methodCalls));
    expect(again(first).compared?.extra.kind).toBe(first.compared?.extra.kind);
    expect(again(first).compared?.calls ?? 0).toBeLessThanOrEqual(first.request.budget.calls ?? 0);
    if (units <= 20) expect(again(first).compared?.extra.kind).toBe('similarity');
  });

  it('shares a budget out, and refuses what does not fit with what would', () => {
    const { methodCalls, heldOutCalls, calls } = plan(body('lasso', { id: 'judge' }, 20, { budget: { calls: 101 } }));
    expect([calls, methodCalls + heldOutCalls]).toEqual([101, 50]);
    const least = body('leave-one-out', { id: 'nli' }, 20, { budget: { calls: 60 } });
    expect(() => plan(least)).toThrow(/needs 64 calls for 20 units and may use 60/);
    expect(plan({ ...least, budget: { calls: 64 } }).heldOutCalls).toBe(0);
  });

  it('counts targets where it can', () => {
    const more = { completion: 'One. Two. Three.', targets: [{ kind: 'sentences' }] };
    expect(plan(body('leave-one-out', { id: 'judge' }, 5, more)).extra).toEqual({ each: 3, once: 0, kind: 'grade' });
    expect(plan(body('leave-one-out', { id: 'embedding' }, 5, more)).extra).toEqual({ each: 3, once: 3, kind: 'similarity' });
    expect(plan(body('leave-one-out', { id: 'judge' }, 5, { targets: more.targets })).extra.each).toBe(1);
  });
});
