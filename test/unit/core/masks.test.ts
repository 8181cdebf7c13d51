import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absentees, binomial, complement, empty, full, halfMasks, key, subsetsOfSize, without } from '../../../src/core/masks.ts';
import { createRng } from '../../../src/core/rng.ts';
import type { Mask } from '../../../src/core/types.ts';

const anyMask = fc.array(fc.constantFrom(0, 1), { maxLength: 70 }).map((bits): Mask => Uint8Array.from(bits));

describe('masks', () => {
  it('full, empty and without say which units are present', () => {
    expect([...full(3)]).toEqual([1, 1, 1]);
    expect([...empty(3)]).toEqual([0, 0, 0]);
    expect([...without(4, 1, 3)]).toEqual([1, 0, 1, 0]);
    expect(absentees(without(4, 3, 1))).toEqual([1, 3]);
    expect(full(0)).toHaveLength(0);
  });

  it('the complement has exactly the other units, and its complement is the mask', () => {
    fc.assert(fc.property(anyMask, (mask) => {
      expect(complement(mask).every((bit, i) => bit + (mask[i] as number) === 1)).toBe(true);
      expect(complement(complement(mask))).toEqual(mask);
    }));
  });

  it('masks of one length share a key exactly when they are equal', () => {
    fc.assert(fc.property(anyMask, fc.array(fc.nat(69), { maxLength: 3 }), (mask, flips) => {
      const other = mask.slice();
      for (const at of flips) if (at < other.length) other[at] = 1 - (other[at] as number);
      expect(key(mask) === key(other)).toBe(mask.every((bit, i) => bit === other[i]));
    }));
  });

  it('half masks keep each unit half of the time, independently', () => {
    const masks = halfMasks(3, 16_000, createRng(1, 'half'));
    const counts = new Map<string, number>();
    for (const mask of masks) counts.set(key(mask), (counts.get(key(mask)) ?? 0) + 1);
    expect(counts.size).toBe(8);
    expect([...counts.values()].every((count) => Math.abs(count - 2000) < 5 * Math.sqrt(2000))).toBe(true);
  });
});

describe('binomial', () => {
  it('is Pascal\'s triangle', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: -2, max: 52 }), (n, k) => {
      expect(binomial(n, k)).toBe(binomial(n - 1, k - 1) + binomial(n - 1, k) || 0);
    }));
    expect(binomial(52, 5)).toBe(2_598_960);
    expect(binomial(0, 0)).toBe(1);
  });

  it('is exact where a product of doubles is not, and stops at the largest safe integer', () => {
    expect(binomial(56, 28)).toBe(7_648_690_600_760_440);
    expect(binomial(58, 29)).toBe(Number.MAX_SAFE_INTEGER);
    expect(binomial(100_000, 50_000)).toBe(Number.MAX_SAFE_INTEGER);
    expect(binomial(100_000, 2)).toBe(4_999_950_000);
  });
});

describe('subsetsOfSize', () => {
  it('lists every subset once, in lexicographic order', () => {
    expect([...subsetsOfSize(4, 2)]).toEqual([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
    fc.assert(fc.property(fc.nat(9), fc.integer({ min: -1, max: 10 }), (n, k) => {
      const subsets = [...subsetsOfSize(n, k)];
      expect(subsets).toHaveLength(binomial(n, k));
      expect(new Set(subsets.map(String)).size).toBe(subsets.length);
      expect(subsets.every((subset) => subset.every((unit, at) => unit < n && (at === 0 || unit > (subset[at - 1] as number))))).toBe(true);
    }));
  });
});
