import { describe, expect, it } from 'vitest';
import { type ExplanationRequest, requestSchema } from '../../../src/contract/request.ts';
import { planFor } from '../../../src/service/plan.ts';

const endpoint = {
  name: 'here', dialect: 'auto', baseUrl: 'http://127.0.0.1/v1', models: [], concurrency: 1, maxBatch: 1, requestsPerMinute: null,
  tokensPerMinute: null, timeoutSeconds: 60, price: null,
    embedding: null,
    nli: null,
    contradiction: null,
    judge: null,
};
const directory = { defaultName: 'here', list: () => [endpoint] };

/** The plan of exact Shapley values for n units. */
const exact = (n: number, calls: number | null) => planFor(
  requestSchema.parse({
    call: { model: 'm', messages: Array.from({ length: n }, (_, at) => ({ role: 'user', content: `part ${at}`, explain: 'whole' })) },
    completion: 'An answer.',
    method: { id: 'shapley', options: { estimator: 'exact' } },
    budget: { calls },
  }),
  directory,
  { maxUnits: 100, maxCalls: 100_000 },
);

describe('exact Shapley values', () => {
  it('are planned for up to 12 units, a budget left open or not', () => {
    expect(exact(12, null).methodCalls).toBe(4096);
    expect(exact(12, 5000).methodCalls).toBe(4096);
    expect(exact(7, 200).methodCalls).toBe(128);
  });

  it('are refused beyond, whatever the budget, with the limit and what to do instead', () => {
    for (const [n, calls] of [[13, null], [14, null], [13, 20_000], [60, 1000]] as const) {
      expect(() => exact(n, calls)).toThrow(expect.objectContaining({
        code: 'budget_too_small',
        message: `the estimator exact is for up to 12 units, and these are ${n}: use larger units, or the estimator permutation or kernel`,
        faults: [expect.objectContaining({ pointer: '/method/options/estimator' })],
      }));
    }
  });

  it('are refused where the budget does not hold them', () => {
    expect(() => exact(12, 1000)).toThrow(expect.objectContaining({ code: 'budget_too_small', message: expect.stringContaining('needs 4096 calls for 12 units and may use 1000') as string }));
  });
});

describe('a plan with few units', () => {
  it.each([2, 3, 4, 5, 6, 7])('of %i asks of `auto` what an open budget allows, also when it is made again of its own request', (n) => {
    const made = (request: ExplanationRequest) => planFor(request, directory, { maxUnits: 100, maxCalls: 100_000 });
    const first = made(requestSchema.parse({
      call: { model: 'm', messages: Array.from({ length: n }, (_, at) => ({ role: 'user', content: `part ${at}`, explain: 'whole' })) },
      completion: 'An answer.',
      scorer: { id: 'log-likelihood' },
    }));
    const again = made(first.request);
    expect(again).toMatchObject({ methodCalls: first.methodCalls, heldOutCalls: first.heldOutCalls });
    if (n <= 6) expect(first).toMatchObject({ methodCalls: 2 ** n, heldOutCalls: 0 });
  });
});
