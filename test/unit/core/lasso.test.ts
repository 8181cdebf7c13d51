import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Descent, descendPath } from '../../../src/core/descent.ts';
import { lasso, standardise, standardMoments, unstandardise } from '../../../src/core/lasso.ts';
import { moments, sums } from '../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { expectClose } from './shapley/games.ts';
import { sklearnCases } from './sklearn.ts';

const design = (rows: number, features: number, seed: number): { x: Float64Array[]; y: Float64Array } => {
  const rng = createRng(seed, 'lasso');
  const x = Array.from({ length: rows }, () => {
    const shared = gaussian(rng);
    return Float64Array.from({ length: features }, () => 0.7 * shared + gaussian(rng));
  });
  return { x, y: Float64Array.from(x, (row) => 2 * (row[0] as number) - (row[1] as number) + 0.5 * gaussian(rng)) };
};
const anyDesign = fc.record({ rows: fc.integer({ min: 5, max: 40 }), features: fc.integer({ min: 2, max: 30 }), seed: fc.nat() });

describe('lasso', () => {
  const runs = sklearnCases.flatMap(({ name, x, y, lasso: fits }) => fits.map((fit) => [name, fit.alpha, { x, y, fit }] as const));

  it.each(runs)('is scikit-learn\'s: %s, α %f', (_, __, { x, y, fit }) => {
    const seen = lasso(x, y, fit.alpha);
    expectClose(seen.coefficients, fit.coefficients, 1e-5);
    expect(seen.intercept).toBeCloseTo(fit.intercept, 4);
  });

  it('meets the conditions of an optimum: no idle column pulls harder than α, and every active one exactly so', () => {
    fc.assert(fc.property(anyDesign, fc.double({ min: 0.001, max: 1, noNaN: true }), ({ rows, features, seed }, alpha) => {
      const { x, y } = design(rows, features, seed);
      const data = moments(sums(x, y, x.keys()));
      const w = descendPath(data, alpha, 1e-12);
      for (let j = 0; j < features; j++) {
        let pull = data.pull[j] as number;
        for (let k = 0; k < features; k++) pull -= (data.gram[j * features + k] as number) * (w[k] as number);
        if (w[j] === 0) expect(Math.abs(pull)).toBeLessThanOrEqual(alpha + 1e-5);
        else expect(pull).toBeCloseTo(alpha * Math.sign(w[j] as number), 4);
      }
    }), { numRuns: 60 });
  });

  it('shrinks to nothing as α grows, and is least squares at 0', () => {
    const { x, y } = design(30, 3, 1);
    expect([...lasso(x, y, 1e6).coefficients]).toEqual([0, 0, 0]);
    const free = lasso(x, y, 0);
    const residuals = y.map((value, row) => value - free.intercept - free.coefficients.reduce((sum, w, i) => sum + w * (x[row]?.[i] as number), 0));
    for (let i = 0; i < 3; i++) expect(residuals.reduce((sum, value, row) => sum + value * (x[row]?.[i] as number), 0)).toBeCloseTo(0, 5);
  });

  it('gives the same from any start', () => {
    const { x, y } = design(40, 8, 2);
    const data = moments(sums(x, y, x.keys()));
    const far = new Descent(data).to(0.1, new Float64Array(8).fill(5), 1e-10);
    expectClose(far, descendPath(data, 0.1, 1e-10), 1e-7);
  });
});

describe('Descent', () => {
  it('ends no higher than plain coordinate descent over the residuals of all rows', () => {
    fc.assert(fc.property(anyDesign, fc.double({ min: 0.01, max: 1, noNaN: true }), ({ rows, features, seed }, alpha) => {
      const { x: given, y } = design(rows, features, seed);
      const { rows: x } = standardise(given);
      const level = y.reduce((sum, value) => sum + value, 0) / rows;
      const residuals = (w: Float64Array) => y.map((value, row) => value - level - w.reduce((sum, own, j) => sum + own * (x[row]?.[j] as number), 0));
      const height = (w: Float64Array): number => residuals(w).reduce((sum, left) => sum + left * left, 0) / (2 * rows) + alpha * w.reduce((sum, own) => sum + Math.abs(own), 0);
      const w = new Float64Array(features);
      for (let sweep = 0; sweep < 50; sweep++) {
        for (let j = 0; j < features; j++) {
          const reach = residuals(w).reduce((sum, left, row) => sum + (left * (x[row]?.[j] as number)) / rows, 0) + (w[j] as number);
          w[j] = Math.sign(reach) * Math.max(0, Math.abs(reach) - alpha);
        }
      }
      const found = new Descent(moments(sums(x, y, x.keys()))).to(alpha, new Float64Array(features), 1e-10);
      expect(height(found)).toBeLessThanOrEqual(height(w) + 1e-8);
    }), { numRuns: 20 });
  });

  it('goes from α to α as new ones would', () => {
    fc.assert(fc.property(anyDesign, ({ rows, features, seed }) => {
      const { x, y } = design(rows, features, seed);
      const data = moments(sums(x, y, x.keys()));
      const descent = new Descent(data);
      const [w, other] = [new Float64Array(features), new Float64Array(features)];
      for (const alpha of [2, 1, 0.5, 0.2, 0.05]) expect([...descent.to(alpha, w, 1e-3)]).toEqual([...new Descent(data).to(alpha, other, 1e-3)]);
    }));
  });
});

describe('standardise', () => {
  it('gives columns of mean 0 and deviation 1, constants none, and unstandardise brings back the same line', () => {
    fc.assert(fc.property(anyDesign, ({ rows, features, seed }) => {
      const { x, y } = design(rows, features, seed);
      x.forEach((row) => (row[1] = 3));
      const standard = standardise(x);
      const { means, gram } = standardMoments(standard, y);
      for (let i = 0; i < features; i++) {
        expect(means[i]).toBeCloseTo(0, 9);
        expect(gram[i * features + i]).toBeCloseTo(i === 1 ? 0 : 1, 9);
      }
      const w = Float64Array.from({ length: features }, (_, i) => i - 2);
      const { coefficients, intercept } = unstandardise(standard, w, 4);
      expect(coefficients[1]).toBe(0);
      x.forEach((row, at) => {
        const scaled = 4 + w.reduce((sum, value, i) => sum + value * (standard.rows[at]?.[i] as number), 0);
        expect(intercept + coefficients.reduce((sum, value, i) => sum + value * (row[i] as number), 0)).toBeCloseTo(scaled, 7);
      });
    }), { numRuns: 40 });
  });
});
