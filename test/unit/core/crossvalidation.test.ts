import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseAlpha, interceptOf, makeFolds, residualsOf } from '../../../src/core/crossvalidation.ts';
import { halfMasks } from '../../../src/core/masks.ts';
import { moments, sums } from '../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { expectClose } from './shapley/games.ts';

function problem(rows: number, noise: number, seed = 1) {
  const rng = createRng(seed, 'folds');
  const x = halfMasks(12, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  return { x, y: Float64Array.from(x, (row) => 3 * (row[0] as number) - 2 * (row[5] as number) + noise * gaussian(rng)) };
}

describe('folds', () => {
  it('keep every row back once, and learn from exactly the others', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 10 }), (rows, count) => {
      const { x, y } = problem(rows, 1);
      const folds = makeFolds(x, y, count);
      expect(folds).toHaveLength(Math.min(rows, count));
      expect(folds.flatMap(({ held }) => held).sort((a, b) => a - b)).toEqual([...x.keys()]);
      for (const { learnt, held } of folds) {
        const direct = moments(sums(x, y, [...x.keys()].filter((row) => !held.includes(row))));
        expect(learnt.rows).toBe(rows - held.length);
        expectClose(learnt.gram, direct.gram);
        expectClose(learnt.pull, direct.pull);
        expect(learnt.power).toBeCloseTo(direct.power, 9);
      }
    }), { numRuns: 30 });
  });
});

describe('moments', () => {
  it('are means and covariances', () => {
    const x = [[1, 2], [3, 2], [5, 8]].map((row) => Float64Array.from(row));
    const { means, gram, pull, centre, power } = moments(sums(x, [1, 0, 5], x.keys()));
    expect([...means]).toEqual([3, 4]);
    expectClose(gram, [8 / 3, 4, 4, 8]);
    expectClose(pull, [8 / 3, 6]);
    expect(centre).toBe(2);
    expect(power).toBeCloseTo(14 / 3, 12);
  });
});

describe('chooseAlpha', () => {
  it('penalises hard in noise, and hardly without noise', () => {
    const alphaOf = (noise: number, effect: number): number => {
      const { x, y } = problem(60, noise);
      const values = y.map((value, row) => value - (1 - effect) * (3 * (x[row]?.[0] as number) - 2 * (x[row]?.[5] as number)));
      const folds = makeFolds(x, values, 10);
      const most = Math.max(...folds.flatMap(({ learnt }) => Array.from(learnt.pull, Math.abs)));
      return chooseAlpha(folds, x, values).alpha / most;
    };
    expect(alphaOf(0, 1)).toBeLessThan(0.02);
    expect(alphaOf(1, 0)).toBeGreaterThan(0.3);
  });

  it('gives the coefficients of every fold, which predict its rows better than their mean', () => {
    const { x, y } = problem(60, 0.5);
    const folds = makeFolds(x, y, 10);
    const { weights } = chooseAlpha(folds, x, y);
    let squares = 0;
    folds.forEach(({ learnt, held }, at) => {
      const w = weights[at] as Float64Array;
      for (const residual of residualsOf(x, y, held, w, interceptOf(learnt, w))) squares += residual ** 2;
    });
    expect(squares / 60).toBeLessThan(0.5);
    expect(squares / 60).toBeGreaterThan(0.1);
  });

  it('lets nothing in where values do not change', () => {
    const { x } = problem(20, 1);
    const folds = makeFolds(x, new Float64Array(20), 5);
    expect(chooseAlpha(folds, x, new Float64Array(20)).weights.every((w) => w.every((value) => value === 0))).toBe(true);
  });
});
