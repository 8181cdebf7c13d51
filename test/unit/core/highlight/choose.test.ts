import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlighted, randomRemovals } from '../../../../src/core/highlight/choose.ts';
import { createRng } from '../../../../src/core/rng.ts';
import type { Attribution } from '../../../../src/core/types.ts';

const of = (scores: number[], intervals?: (readonly [number, number])[]): Attribution => ({ scores: Float64Array.from(scores), intercept: 1, ...(intervals ? { intervals } : {}) });

describe('the highlighted units', () => {
  it('are the share alpha with the highest scores, at least one', () => {
    expect(highlighted(of([1, 5, 3, 2, 4, 0.5, 0.4, 0.3]), 0.25)).toEqual([1, 4]);
    expect(highlighted(of([1, 5, 3]), 0.25)).toEqual([1]);
    expect(highlighted(of([1, 5, 3]), 1)).toEqual([1, 2, 0]);
    expect(highlighted(of(Array.from({ length: 100 }, (_, at) => at + 1)), 0.29)).toHaveLength(29);
  });

  it('are none that speak against compliance, have no score or cannot be told from zero', () => {
    expect(highlighted(of([-1, 0, NaN, 2]), 1)).toEqual([3]);
    expect(highlighted(of([1, 2], [[-0.1, 2], [0.1, 3]]), 1)).toEqual([1]);
    expect(highlighted(of([1e-14, -3]), 1)).toEqual([]);
  });

  it('are in falling order, and never more than asked', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: false, min: -9, max: 9 }), { minLength: 1, maxLength: 60 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (scores, alpha) => {
      const chosen = highlighted(of(scores), alpha);
      expect(chosen.length).toBeLessThanOrEqual(Math.max(1, Math.round(alpha * scores.length + 0.5)));
      chosen.forEach((at, place) => place > 0 && expect(scores[at]).toBeLessThanOrEqual(scores[chosen[place - 1] as number] as number));
    }));
  });
});

describe('random removals', () => {
  it('lack as many units, of those that are not highlighted while there are enough', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 30 }), fc.nat(1000), (n, seed) => {
      const chosen = Array.from({ length: 1 + (seed % (n - 1)) }, (_, at) => at);
      const masks = randomRemovals(n, chosen, 5, createRng(seed, 'highlight'));
      expect(masks).toHaveLength(5);
      for (const mask of masks) {
        expect(mask.filter((bit) => bit === 0)).toHaveLength(chosen.length);
        if (2 * chosen.length <= n) expect(chosen.every((at) => mask[at] === 1)).toBe(true);
      }
      expect(randomRemovals(n, chosen, 5, createRng(seed, 'highlight'))).toEqual(masks);
    }));
  });

  it('are drawn anew each time, every unit alike', () => {
    const masks = randomRemovals(5, [2], 4000, createRng(1, 'highlight'));
    const counts = [0, 1, 2, 3, 4].map((unit) => masks.filter((mask) => mask[unit] === 0).length);
    expect(counts[2]).toBe(0);
    for (const unit of [0, 1, 3, 4]) expect(Math.abs((counts[unit] ?? 0) - 1000)).toBeLessThan(120);
  });

  it('are none of nothing and of everything', () => expect([randomRemovals(4, [], 3, Math.random), randomRemovals(2, [0, 1], 3, Math.random)]).toEqual([[], []]));
});
