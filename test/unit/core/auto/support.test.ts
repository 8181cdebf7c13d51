import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma } from '../../../../src/core/auto/gamma.ts';
import { makeOdds } from '../../../../src/core/auto/odds.ts';
import { Projection } from '../../../../src/core/auto/projection.ts';
import { support } from '../../../../src/core/auto/support.ts';
import { leastSquares } from '../../../../src/core/linear.ts';
import { halfMasks } from '../../../../src/core/masks.ts';
import { moments, sums } from '../../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { expectClose } from '../shapley/games.ts';

function problem(n: number, rows: number, truth: Readonly<Record<number, number>>, noise: number, seed: number) {
  const rng = createRng(seed, 'support');
  const x = halfMasks(n, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const y = Float64Array.from(x, (row) => Object.entries(truth).reduce((sum, [i, weight]) => sum + weight * (row[Number(i)] as number), 3) + noise * gaussian(rng));
  return { x, y, data: moments(sums(x, y, x.keys())) };
}

describe('logGamma', () => {
  it('is that of factorials and of ½', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 10);
    let factorial = 1;
    for (let k = 1; k < 20; k++, factorial *= k) expect(logGamma(k + 1)).toBeCloseTo(Math.log(factorial), 9);
  });
});

describe('the odds of a set of features', () => {
  it('are those of the integral over the size of the coefficients', () => {
    const [rows, size, count, share] = [20, 10, 3, 0.4];
    const b = (rows - count - 5) / 2 + 0.75;
    const beta = logGamma(0.25) + logGamma(b + 1) - logGamma(b + 1.25);
    let sum = 0;
    // g = e^t, by the trapezoid rule.
    for (let t = -40; t < 40; t += 0.01) {
      const g = Math.exp(t);
      const prior = b * t - (b + 1.25) * Math.log1p(g) - beta;
      sum += 0.01 * g * Math.exp(prior + ((rows - 1 - count) / 2) * Math.log1p(g) - ((rows - 1) / 2) * Math.log1p(g * share));
    }
    expect(makeOdds(rows, size, 1)(count, share)).toBeCloseTo(Math.log(sum) - Math.log(120), 3);
    expect(makeOdds(rows, size, 2)(0, 2)).toBeCloseTo(0, 9);
  });
});

describe('Projection', () => {
  it('is least squares on its members, and knows what every other feature would add', () => {
    fc.assert(fc.property(fc.nat(), (seed) => {
      const { x, y, data } = problem(9, 30, { 1: 2, 4: -1 }, 1, seed);
      const fit = new Projection(data, [4, 1, 7]);
      const [own] = leastSquares(x.map((row) => Float64Array.of(row[4] ?? 0, row[1] ?? 0, row[7] ?? 0)), Array.from(y, (value) => Float64Array.of(value)), 1);
      expectClose(fit.back(fit.shares), own?.coefficients ?? [], 1e-9);
      const errors = fit.inverse().map((row, at) => Math.sqrt(((row[at] as number) * fit.left) / (30 - 4)));
      expectClose(errors, own?.errors ?? [], 1e-9);
      const gain = fit.gain(2);
      const before = fit.left;
      fit.add(2);
      expect(fit.left).toBeCloseTo(before - gain, 9);
      expect(fit.free(2)).toBe(false);
    }), { numRuns: 20 });
  });
});

describe('support', () => {
  it('without noise is the exact set, of 200 features from 28 rows', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { data } = problem(200, 28, { 3: 2, 50: -1, 120: 0.6 }, 0, seed);
      const { fit, weights } = support(data);
      expect([...fit.members].sort((a, b) => a - b)).toEqual([3, 50, 120]);
      expectClose([weights[3], weights[50], weights[120]] as number[], [2, -1, 0.6], 1e-3);
      expect(weights.filter((weight) => weight !== 0)).toHaveLength(3);
    }
  });

  it('says how probable its features are', () => {
    let certain = 0;
    let right = 0;
    let expected = 0;
    let seen = 0;
    for (let seed = 0; seed < 60; seed++) {
      const truth = { 0: 2, 1: 0.7, 2: 0.4 };
      const { inclusion } = support(problem(30, 40, truth, 0.6, seed).data);
      inclusion.forEach((probability, j) => {
        if (probability > 0.95) [certain, right] = [certain + 1, right + (j < 3 ? 1 : 0)];
        if (j >= 3) [expected, seen] = [expected + probability, seen + 1];
      });
    }
    expect(right / certain).toBeGreaterThan(0.95);
    expect(expected / seen).toBeLessThan(0.05);
  });

  it('of values that never change, and of too few rows, is empty', () => {
    const { data } = problem(5, 20, {}, 0, 1);
    expect(support(data).fit.members).toEqual([]);
    expect([...support(problem(5, 3, { 1: 1 }, 0, 1).data).weights]).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves constant and repeated features out', () => {
    const { x, y } = problem(4, 30, { 1: 2 }, 0.1, 2);
    const rows = x.map((row) => Float64Array.of(0.5, row[1] ?? 0, row[1] ?? 0, row[3] ?? 0));
    const { fit, inclusion } = support(moments(sums(rows, y, rows.keys())));
    expect(fit.members).toHaveLength(1);
    expect(inclusion[0]).toBe(0);
    expect((inclusion[1] as number) + (inclusion[2] as number)).toBeGreaterThan(0.99);
  });
});
