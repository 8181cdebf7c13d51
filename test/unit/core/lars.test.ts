import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { larsLasso } from '../../../src/core/lars.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { expectClose } from './shapley/games.ts';
import { sklearnCases } from './sklearn.ts';

/** Columns and values with their means taken off. */
function centred(x: readonly (readonly number[])[], y: readonly number[]): { columns: Float64Array[]; y: Float64Array } {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const columns = (x[0] ?? []).map((_, i) => x.map((row) => row[i] as number));
  return { columns: columns.map((column) => Float64Array.from(column, (value) => value - mean(column))), y: Float64Array.from(y, (value) => value - mean(y)) };
}

function pulls(columns: readonly Float64Array[], y: Float64Array, w: Float64Array): number[] {
  const residual = y.map((value, row) => value - columns.reduce((sum, column, j) => sum + (w[j] as number) * (column[row] as number), 0));
  return columns.map((column) => column.reduce((sum, value, row) => sum + value * (residual[row] as number), 0));
}

describe('larsLasso', () => {
  const steps = sklearnCases.flatMap(({ name, x, y, lars }) => lars.map((wanted, at) => [name, at + 1, { x, y, wanted }] as const));

  it.each(steps)('is scikit-learn\'s: %s, %i steps', (_, step, { x, y, wanted }) => {
    const data = centred(x, y);
    expectClose(larsLasso(data.columns, data.y, step), wanted, 1e-9);
  });

  it('is on the lasso path: all active columns pull alike, with their signs, and none harder', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 12 }), fc.nat(), (features, step, seed) => {
      const rng = createRng(seed, 'lars');
      const x = Array.from({ length: 20 }, () => {
        const shared = gaussian(rng);
        return Array.from({ length: features }, () => shared + 0.8 * gaussian(rng));
      });
      const { columns, y } = centred(x, x.map((row) => (row[0] as number) - 0.7 * (row[1] as number) + 0.3 * gaussian(rng)));
      const w = larsLasso(columns, y, step);
      const left = pulls(columns, y, w);
      const most = Math.max(...left.map(Math.abs));
      left.forEach((pull, j) => {
        if (w[j] !== 0) expect(pull).toBeCloseTo(most * Math.sign(w[j] as number), 7);
      });
      expect(w.filter((value) => value !== 0).length).toBeLessThanOrEqual(step);
    }));
  });

  it('gives nothing for no steps, no values and no columns', () => {
    const column = Float64Array.of(1, -1, 0);
    expect([...larsLasso([column], column, 0)]).toEqual([0]);
    expect([...larsLasso([column], new Float64Array(3), 5)]).toEqual([0]);
    expect([...larsLasso([], column, 3)]).toEqual([]);
  });

  it('lets a repeated column in once', () => {
    const column = Float64Array.of(1, -1, 2, -2);
    const w = larsLasso([column, column.slice(), Float64Array.of(1, 1, -1, -1)], column.map((value) => 3 * value), 4);
    expectClose(w, [3, 0, 0]);
  });
});
