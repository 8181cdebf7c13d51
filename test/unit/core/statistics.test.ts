import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, pearson, quantile, r2, ranks, spearman, variance } from '../../../src/core/statistics.ts';

const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }).map((value) => value / 8), { minLength: 3, maxLength: 30 });

describe('mean, variance, quantile', () => {
  it('are the textbook\'s', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([1, 2, 6])).toBe(7);
    expect(variance([1, 2, 6], 0)).toBeCloseTo(14 / 3, 12);
    expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile([4, 1, 3, 2], p))).toEqual([1, 1.75, 2.5, 3.7, 4]);
  });

  it('say NaN where there is nothing to say', () => {
    expect(mean([])).toBeNaN();
    expect(variance([3])).toBeNaN();
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('quantiles are ordered and stay between the ends', () => {
    fc.assert(fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (values, a, b) => {
      expect(quantile(values, Math.min(a, b))).toBeLessThanOrEqual(quantile(values, Math.max(a, b)));
      expect(quantile(values, a)).toBeGreaterThanOrEqual(Math.min(...values));
      expect(quantile(values, a)).toBeLessThanOrEqual(Math.max(...values));
    }));
  });
});

describe('correlations', () => {
  it('ranks share what ties cover', () => {
    expect([...ranks([10, 20, 10, 5, 20, 20])]).toEqual([2.5, 5, 2.5, 1, 5, 5]);
  });

  it('agree with worked examples', () => {
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
    // With ties, Pearson's correlation of average ranks: (1, 2.5, 2.5, 4) and (1.5, 1.5, 3, 4).
    expect(spearman([1, 2, 2, 3], [0, 0, 5, 9])).toBeCloseTo(0.833333, 6);
  });

  it('Spearman sees only the order, Pearson every line', () => {
    fc.assert(fc.property(numbers, (x) => {
      fc.pre(new Set(x).size > 1);
      expect(spearman(x, x.map((value) => Math.exp(value / 100)))).toBeCloseTo(1, 9);
      expect(spearman(x, x.map((value) => -(value ** 3)))).toBeCloseTo(-1, 9);
      expect(pearson(x, x.map((value) => 3 - 2 * value))).toBeCloseTo(-1, 9);
    }));
  });

  it('stay in [−1, 1], are symmetric, and are NaN for constants', () => {
    fc.assert(fc.property(numbers, fc.integer(), (x, turn) => {
      const y = x.map((value, at) => Math.sin(value * 3 + at + turn));
      const correlation = pearson(x, y);
      if (!Number.isNaN(correlation)) expect(Math.abs(correlation)).toBeLessThanOrEqual(1);
      expect(pearson(y, x)).toEqual(correlation);
    }));
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
    expect(spearman([1, 2, 3], [7, 7, 7])).toBeNaN();
    expect(pearson([1], [1])).toBeNaN();
    expect(spearman([1, NaN, 3], [1, 2, 3])).toBeNaN();
    expect(pearson([1, NaN, 3], [1, 2, 3])).toBeNaN();
  });
});

describe('r2', () => {
  it('is 1 for the values themselves, 0 for their mean, below 0 for worse', () => {
    expect(r2([1, 2, 6], [1, 2, 6])).toBe(1);
    expect(r2([3, 3, 3], [1, 2, 6])).toBe(0);
    expect(r2([6, 3, 1], [1, 2, 6])).toBeLessThan(0);
    expect(r2([1, 2, 3], [5, 5, 5])).toBeNaN();
  });
});
