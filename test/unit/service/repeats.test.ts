import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestSchema } from '../../../src/contract/request.ts';
import type { ProblemError } from '../../../src/errors.ts';
import { planFor, settledPlan } from '../../../src/service/plan.ts';
import { sampleCall } from '../../../src/service/repeats.ts';

const info = { name: 'a', dialect: 'auto', baseUrl: '', models: [], concurrency: 4, maxBatch: 8, requestsPerMinute: null, tokensPerMinute: null, timeoutSeconds: 10, price: null, embedding: null, nli: null, contradiction: null, judge: null };
const directory = { defaultName: 'a', list: () => [info] };
const limits = { maxUnits: 2_000, maxCalls: 20_000 };

const plan = (more: object, call: object = { temperature: 1 }, units = 6) =>
  planFor(
    requestSchema.parse({
      call: { model: 'm', messages: [{ role: 'user', content: Array.from({ length: units }, (_, at) => ({ type: 'text', text: `Part ${at}.`, explain: 'whole' })) }], ...call },
      method: { id: 'leave-one-out' },
      scorer: { id: 'exact' },
      ...more,
    }),
    directory,
    limits,
  );

describe('the plan of a call that samples', () => {
  it('asks masks once and the unchanged call seven times more', () => {
    expect(plan({})).toMatchObject({ repeats: 1, references: 7, noisy: true, methodCalls: 7, heldOutCalls: 5, calls: 1 + 7 + 7 + 5 });
    expect(plan({}, {})).toMatchObject({ references: 7 });
    expect(plan({ scorer: { id: 'exact', options: { repeats: 1 } } })).toMatchObject({ repeats: 1, references: 7 });
  });

  it('asks everything once at temperature 0, unless repeats are asked for', () => {
    expect(plan({}, { temperature: 0 })).toMatchObject({ repeats: 1, references: 0, noisy: false, calls: 1 + 7 + 5 });
    expect(plan({ scorer: { id: 'exact', options: { repeats: 9 } } }, { temperature: 0 })).toMatchObject({ repeats: 9, references: 9, calls: 1 + 9 + 9 * 12 });
  });

  it('asks a completion that is weighed once, whatever is said', () => {
    const either = plan({ scorer: { id: 'auto', options: { repeats: 4 } } });
    expect(settledPlan(either, 'text')).toMatchObject({ repeats: 4, references: 7 });
    expect(settledPlan(either, 'likelihood')).toMatchObject({ repeats: 1, references: 0, noisy: false, calls: 1 + 7 + 5 });
    expect(plan({ scorer: { id: 'log-likelihood' } })).toMatchObject({ repeats: 1, references: 0, calls: 1 + 7 + 5 });
  });

  it('gives up the check first, then samples of the unchanged call, and never a mask', () => {
    expect(plan({ budget: { calls: 18 } })).toMatchObject({ methodCalls: 7, heldOutCalls: 3, references: 7 });
    expect(plan({ budget: { calls: 12 } })).toMatchObject({ methodCalls: 7, heldOutCalls: 0, references: 4 });
    expect(plan({ budget: { calls: 8 } })).toMatchObject({ methodCalls: 7, heldOutCalls: 0, references: 0 });
    expect(() => plan({ budget: { calls: 7 } })).toThrow(expect.objectContaining({ code: 'budget_too_small' }) as ProblemError);
  });

  it('never plans for more than the budget, and refuses at the repeats where one sample would do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 100 }), fc.constantFrom('leave-one-out', 'auto', 'lasso', 'shapley', 'banzhaf', 'clime'), (calls, repeats, id) => {
        const body = { method: { id }, budget: { calls }, scorer: { id: 'exact', options: { repeats } } };
        let made;
        try {
          made = plan(body);
        } catch (error) {
          const pointer = (error as ProblemError).faults?.[0]?.pointer;
          const once = () => plan({ ...body, scorer: { id: 'exact', options: { repeats: 1 } } });
          if (pointer === '/scorer/options/repeats') expect(once).not.toThrow();
          else expect(pointer).toBe('/budget/calls');
          return;
        }
        expect(made.calls).toBeLessThanOrEqual(calls);
        expect(made.calls).toBe(1 + made.references + repeats * (made.methodCalls + made.heldOutCalls));
      }),
    );
  });
});

describe('the call of a sample', () => {
  it('has a seed of its own, inside the limit that the first one keeps', () => {
    const seedOf = (seed: unknown, sample: number) => sampleCall({ seed }, sample)['seed'];
    expect(seedOf(7, 0)).toBe(7);
    expect(seedOf(7, 3)).toBe(10);
    expect(seedOf(2 ** 31 - 2, 3)).toBe(2 ** 31 - 5);
    expect(seedOf(2 ** 32 - 1, 1)).toBe(2 ** 32 - 2);
    expect(seedOf(Number.MAX_SAFE_INTEGER, 2)).toBe(Number.MAX_SAFE_INTEGER - 2);
    expect(seedOf(-1, 3)).toBe(-1);
    expect(seedOf(null, 3)).toBeNull();
    expect(sampleCall({ model: 'm' }, 3)).toEqual({ model: 'm' });
  });

  it('is another one for every sample', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (seed) => {
        const seeds = Array.from({ length: 100 }, (_, sample) => sampleCall({ seed }, sample)['seed']);
        expect(new Set(seeds).size).toBe(100);
      }),
    );
  });
});
