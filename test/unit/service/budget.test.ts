import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, noUsage } from '../../../src/service/budget.ts';

const open = { calls: null, prompt_tokens: null, cost_usd: null, seconds: null };

describe('Budget', () => {
  it('never admits more calls than its cap, however they are batched', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }), (calls, batches) => {
        const budget = new Budget({ ...open, calls }, null);
        for (const size of batches) budget.admit(Array.from({ length: size }, () => 10));
        expect(budget.used.calls).toBeLessThanOrEqual(calls);
      }),
    );
  });

  it('counts what is in flight against the token cap', () => {
    const budget = new Budget({ ...open, prompt_tokens: 100 }, null);
    expect(budget.admit([200])).toBe(true); // 50 tokens, in flight
    expect(budget.admit([240])).toBe(false); // 60 more would pass 100
    expect(budget.spent).toBe(true);
    budget.add({ ...noUsage(), promptTokens: 20 });
    budget.settle(200);
    expect(budget.admit([240])).toBe(true); // a token was seen to be ten characters: 24
  });

  it('takes back what was admitted and not sent', () => {
    const budget = new Budget({ ...open, calls: 4, prompt_tokens: 100 }, null);
    expect(budget.admit([100, 100, 100, 100])).toBe(true); // 100 tokens, in flight
    expect(budget.admit([4])).toBe(false);
    budget.release([100, 100]);
    expect(budget.used.calls).toBe(2);
    expect(budget.admit([100, 100])).toBe(true);
    expect(budget.admit([4])).toBe(false);
  });

  it('holds the money cap by the price of the endpoint', () => {
    const price = { promptPerMillion: 1_000_000, completionPerMillion: 0 };
    const budget = new Budget({ ...open, cost_usd: 10 }, price);
    expect(budget.admit([40])).toBe(true); // ten tokens, ten dollars
    expect(budget.admit([4])).toBe(false);
  });

  it('reserves the answers that are still to come', () => {
    const price = { promptPerMillion: 0, completionPerMillion: 1_000_000 };
    const budget = new Budget({ ...open, cost_usd: 5 }, price);
    budget.expectAnswers(1);
    for (let index = 0; index < 5; index += 1) expect(budget.admit([4])).toBe(true); // five answers of a dollar, all in flight
    expect(budget.admit([4])).toBe(false);
    budget.add({ ...noUsage(), completionTokens: 3, costUsd: 3 });
    budget.settle(4); // it took three: the four that are under way are expected to take three each too
    expect(budget.admit([4])).toBe(false);
  });

  it('admits nothing after its time', () => {
    let now = 0;
    const budget = new Budget({ ...open, seconds: 2 }, null, () => now);
    expect(budget.admit([1])).toBe(true);
    now = 2_000;
    expect(budget.admit([1])).toBe(false);
  });
});
