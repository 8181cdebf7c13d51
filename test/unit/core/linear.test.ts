import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastSquares } from '../../../src/core/linear.ts';
import { halfMasks } from '../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { studentReach } from '../../../src/core/student.ts';
import { expectClose } from './shapley/games.ts';
import { sklearnCases } from './sklearn.ts';

const column = (y: readonly number[]): Float64Array[] => y.map((value) => Float64Array.of(value));

const problem = fc.record({ rows: fc.integer({ min: 8, max: 25 }), features: fc.integer({ min: 1, max: 5 }), seed: fc.nat() }).map(({ rows, features, seed }) => {
  const rng = createRng(seed, 'linear');
  return {
    x: Array.from({ length: rows }, () => Array.from({ length: features }, () => gaussian(rng))),
    y: Array.from({ length: rows }, () => gaussian(rng)),
    weights: Array.from({ length: rows }, () => 0.1 + rng()),
  };
});

describe('leastSquares', () => {
  it.each(sklearnCases.map((entry) => [entry.name, entry] as const))('is scikit-learn\'s: %s', (_, { x, y, weights, least_squares: wanted }) => {
    const [fit] = leastSquares(x, column(y), 1, weights);
    expectClose(fit?.coefficients ?? [], wanted.coefficients, 1e-9);
    expect(fit?.intercept).toBeCloseTo(wanted.intercept, 9);
  });

  it('leaves weighted residuals that no feature goes with', () => {
    fc.assert(fc.property(problem, ({ x, y, weights }) => {
      const [fit] = leastSquares(x, column(y), 1, weights);
      const residuals = y.map((value, row) => value - (fit?.intercept ?? NaN) - (x[row] as number[]).reduce((sum, feature, i) => sum + feature * (fit?.coefficients[i] as number), 0));
      const against = (of: (row: number) => number): number => residuals.reduce((sum, value, row) => sum + value * (weights[row] as number) * of(row), 0);
      expect(against(() => 1)).toBeCloseTo(0, 9);
      (x[0] as number[]).forEach((__, i) => expect(against((row) => x[row]?.[i] as number)).toBeCloseTo(0, 9));
    }));
  });

  it('is linear in the values, and does every column alone', () => {
    fc.assert(fc.property(problem, ({ x, y, weights }) => {
      const z = y.map((value, row) => Math.cos(value + row));
      const [a, b, mixed] = leastSquares(x, y.map((value, row) => Float64Array.of(value, z[row] as number, 2 * value - 3 * (z[row] as number))), 3, weights);
      expectClose(mixed?.coefficients ?? [], Array.from(a?.coefficients ?? [], (value, i) => 2 * value - 3 * (b?.coefficients[i] as number)));
      expectClose(leastSquares(x, column(z), 1, weights)[0]?.coefficients ?? [], b?.coefficients ?? [1]);
    }));
  });

  it('shares an effect equally among features that never differ: minimum norm', () => {
    const x = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]];
    const [fit] = leastSquares(x, column([1, 2, 7, 8]), 1);
    expectClose(fit?.coefficients ?? [], [3, 3, 1]);
    expect(fit?.intercept).toBeCloseTo(1, 12);
  });

  it('gives the textbook\'s standard errors', () => {
    // y on x by hand: slope 0.6, residuals −0.2·(1, −1, −1, 1)… with s² = Σe²/(n − 2) and se = s/√Σ(x − x̄)².
    const x = [0, 1, 2, 3, 4];
    const y = [1, 2, 2, 2, 4];
    const [fit] = leastSquares(x.map((value) => [value]), column(y), 1);
    const squares = y.reduce((sum, value, at) => sum + (value - (fit?.intercept ?? NaN) - (fit?.coefficients[0] as number) * (x[at] as number)) ** 2, 0);
    expect(fit?.coefficients[0]).toBeCloseTo(0.6, 12);
    expect(fit?.errors?.[0]).toBeCloseTo(Math.sqrt(squares / 3 / 10), 12);
    expect(fit?.freedom).toBeCloseTo(3, 9);
  });

  it('its standard errors hold for any weights: intervals cover', () => {
    const rng = createRng(8, 'coverage');
    const x = halfMasks(4, 24, rng);
    const weights = x.map(() => rng() ** 2 + 0.01);
    let held = 0;
    for (let game = 0; game < 500; game++) {
      const [fit] = leastSquares(x, column(x.map((mask) => 2 * (mask[0] as number) - (mask[3] as number) + gaussian(rng))), 1, weights);
      const reach = studentReach(0.95, fit?.freedom ?? NaN);
      [2, 0, 0, -1].forEach((truth, i) => {
        if (Math.abs((fit?.coefficients[i] as number) - truth) <= reach * (fit?.errors?.[i] as number)) held++;
      });
    }
    expect(held / 2000).toBeGreaterThan(0.93);
    expect(held / 2000).toBeLessThan(0.97);
  });

  it('has no errors without a degree of freedom, and none of 0 beside an exact fit', () => {
    expect(leastSquares([[0], [1]], column([1, 3]), 1)[0]).not.toHaveProperty('errors');
    const [exact] = leastSquares([[0], [1], [0.5], [0.25]], column([1, 3, 2, 1.5]), 1);
    expect([...(exact?.errors ?? [])]).toEqual([0]);
  });

  it('equal values give exact zeros', () => {
    const [fit] = leastSquares(halfMasks(5, 3, createRng(1, 'few')), column([0.1, 0.1, 0.1]), 1);
    expect([...(fit?.coefficients ?? [])]).toEqual([0, 0, 0, 0, 0]);
    expect(fit?.intercept).toBe(0.1);
  });
});

describe('values that failed', () => {
  const x = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]];

  it('cost the coefficient that only they could tell, and no other', () => {
    const [fit] = leastSquares(x, column([1, 3, 0, NaN, 2]), 1);
    expect(fit?.coefficients[2]).toBeNaN();
    expect(fit?.coefficients[0]).toBeCloseTo(2, 12);
    expect(fit?.coefficients[1]).toBeCloseTo(-1, 12);
    expect(fit?.intercept).toBeCloseTo(1, 12);
  });

  it('cost nothing where other rows tell the same', () => {
    const [fit] = leastSquares(x, column([1, NaN, 0, 5, 2]), 1);
    expectClose(fit?.coefficients ?? [], [2, -1, 4]);
  });

  it('cost only their own column', () => {
    const values = [1, 3, 0, 5, 2].map((value, row) => Float64Array.of(row === 3 ? NaN : value, value));
    const [, whole] = leastSquares(x, values, 2);
    expectClose(whole?.coefficients ?? [], [2, -1, 4]);
  });

  it('leave NaN when nothing else is there', () => {
    const [fit] = leastSquares(x, column([NaN, NaN, NaN, NaN, NaN]), 1);
    expect([...(fit?.coefficients ?? [])]).toEqual([NaN, NaN, NaN]);
    expect(fit?.intercept).toBeNaN();
  });
});
