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

  it('keeps calls free for what an evaluation brings after it', () => {
    const budget = new Budget({ ...open, calls: 10 }, null);
    const lane = budget.lane(null, 0);
    budget.expectFollowing(2, 1);
    expect(budget.admit([1, 1, 1])).toBe(true); // three, and seven more are promised with the one at once
    expect(budget.admit([1])).toBe(false);
    expect(budget.admit([1, 1, 1, 1, 1], lane)).toBe(true);
    expect(budget.admit([1, 1, 1], lane)).toBe(false); // two are left
    budget.freePromised();
    expect(budget.admit([1])).toBe(false); // one, and two after it
    expect(budget.admit([1, 1], lane)).toBe(true);
    expect(budget.used.calls).toBe(10);
  });

  it('never admits more calls than its cap, whatever brings what', () => {
    const step = fc.record({ consult: fc.boolean(), size: fc.integer({ min: 1, max: 5 }), kept: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 3 }), fc.array(step, { maxLength: 40 }), (calls, each, steps) => {
        const budget = new Budget({ ...open, calls }, null);
        const lane = budget.lane(null, 0);
        budget.expectFollowing(each, 0);
        let evaluated = 0;
        let owed = 0;
        for (const { consult, size, kept } of steps) {
          const admitted = budget.admit(Array.from({ length: size }, () => 1), consult ? lane : undefined);
          if (admitted && !consult) [evaluated, owed] = [evaluated + size, owed + each * size];
          if (admitted && consult) owed = Math.max(0, owed - size);
          // what was promised can always be had
          expect(budget.used.calls + owed).toBeLessThanOrEqual(calls);
          if (kept) owed = 0;
          if (kept) budget.freePromised();
        }
        expect(evaluated).toBeLessThanOrEqual(calls);
      }),
    );
  });

  it('expects the dearest that it has seen, and short prompts to take no less until some were seen', () => {
    const budget = new Budget({ ...open, prompt_tokens: 1_000 }, null);
    expect(budget.blind).toBe(true);
    const seen = (size: number, promptTokens: number): void => {
      expect(budget.admit([size])).toBe(true);
      budget.add({ ...noUsage(), promptTokens }, [size]);
      budget.settle(size);
    };
    seen(400, 100);
    expect(budget.blind).toBe(false);
    expect(budget.admit(Array.from({ length: 10 }, () => 4))).toBe(false); // ten of a hundred each, for all that is known
    seen(40, 30);
    seen(400, 100);
    expect(budget.admit([40, 40, 400])).toBe(true); // 0.75 tokens a character: 360
    expect(budget.admit([600])).toBe(false); // 450 more than 360 and 230
    expect(new Budget({ ...open, calls: 5, seconds: 9 }, null).blind).toBe(false);
  });

  it('is overdue when its seconds are over', async () => {
    const budget = new Budget({ ...open, seconds: 0.01 }, null);
    const { overdue } = budget;
    if (!overdue.aborted) await new Promise((resolve) => overdue.addEventListener('abort', resolve));
    expect(overdue.reason).toMatchObject({ code: 'budget_exhausted' });
    expect(budget.spent).toBe(true);
    expect(new Budget(open, null).overdue.aborted).toBe(false);
  });

  it('expects of each lane what was seen in it, at its own price', () => {
    const budget = new Budget({ ...open, cost_usd: 100 }, { promptPerMillion: 0, completionPerMillion: 0 });
    const lane = budget.lane({ promptPerMillion: 1_000_000, completionPerMillion: 1_000_000 }, 5);
    expect(budget.priced).toBe(true);
    expect(budget.admit([4_000])).toBe(true); // free
    expect(budget.admit([160], lane)).toBe(true); // forty tokens and an answer of five
    expect(budget.admit([300], lane)).toBe(false); // 75 and five more
    budget.add({ ...noUsage(), promptTokens: 16, completionTokens: 4, costUsd: 20 }, [160], lane);
    budget.settle(160, lane);
    expect(budget.admit([700], lane)).toBe(true); // a tenth of a token a character: seventy and five
    expect(budget.admit([60], lane)).toBe(false);
  });
});
