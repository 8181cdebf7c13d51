import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomial, empty, full, key } from '../../../src/core/masks.ts';
import { createRng } from '../../../src/core/rng.ts';
import { everyMask, freshHalfMasks, sampleSubsets } from '../../../src/core/subsets.ts';

describe('sampleSubsets', () => {
  it('gives as many different subsets as asked, or all there are', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(5), fc.nat(60), fc.nat(), (n, k, count, seed) => {
      const subsets = sampleSubsets(n, k, count, createRng(seed, 'subsets'));
      expect(subsets).toHaveLength(Math.min(count, binomial(n, k)));
      expect(new Set(subsets.map(String)).size).toBe(subsets.length);
      expect(subsets.every((subset) => subset.length === k && subset.every((unit) => unit >= 0 && unit < n))).toBe(true);
    }));
  });

  it('draws every subset equally often, from few of them and from many', () => {
    for (const [n, count] of [[6, 10], [12, 10]] as const) {
      const rng = createRng(5, `even ${n}`);
      const seen = new Map<string, number>();
      for (let i = 0; i < 3_000; i++) for (const subset of sampleSubsets(n, 2, count, rng)) seen.set(String(subset), (seen.get(String(subset)) ?? 0) + 1);
      const expected = (3_000 * count) / binomial(n, 2);
      expect(seen.size).toBe(binomial(n, 2));
      expect([...seen.values()].every((times) => Math.abs(times - expected) < 6 * Math.sqrt(expected))).toBe(true);
    }
  });

  it('does not enumerate what is too many to list', () => {
    expect(sampleSubsets(5_000, 2_500, 20, createRng(1, 'huge'))).toHaveLength(20);
  });
});

describe('everyMask', () => {
  it('has each of the 2^n masks once, the full one first', () => {
    const masks = everyMask(5);
    expect(masks[0]).toEqual(full(5));
    expect(new Set(masks.map(key)).size).toBe(32);
  });
});

describe('freshHalfMasks', () => {
  it('never repeats itself nor what is taken, and gives what is left when that is less', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 16 }), fc.nat(80), fc.nat(), (n, count, seed) => {
      const ends = [key(full(n)), key(empty(n))];
      const taken = new Set(ends);
      const masks = freshHalfMasks(n, count, taken, createRng(seed, 'fresh'));
      expect(masks).toHaveLength(Math.min(count, 2 ** n - new Set(ends).size));
      expect(new Set([...masks.map(key), ...ends]).size).toBe(masks.length + new Set(ends).size);
      expect(taken.size).toBe(masks.length + new Set(ends).size);
    }));
  });
});
