import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { larsLasso } from '../../../src/core/lars.ts';
import { lasso, standardise } from '../../../src/core/lasso.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { columnOf, dot } from '../../../src/core/vectors.ts';
import { expectClose } from './shapley/games.ts';

interface Problem { columns: Float64Array[]; y: Float64Array }

/** Centred columns that share a part, and centred values. */
function problem(seed: number, rows: number, features: number): Problem {
  const rng = createRng(seed, 'columns');
  // Loadings of both signs and of very different size: columns that come in early may have to leave again.
  const loadings = Array.from({ length: features }, () => 3 * gaussian(rng));
  const x = Array.from({ length: rows }, () => {
    const common = gaussian(rng);
    return loadings.map((loading) => gaussian(rng) + loading * common);
  });
  const y = Float64Array.from(x, (row) => row.reduce((sum, value, i) => sum + value * ((i % 3) - 1), 0) + 2 * gaussian(rng));
  const level = y.reduce((sum, value) => sum + value, 0) / rows;
  const { rows: standard } = standardise(x);
  return { columns: Array.from({ length: features }, (_, j) => columnOf(standard, j)), y: y.map((value) => value - level) };
}

const anyProblem = fc.record({ seed: fc.nat(), rows: fc.integer({ min: 12, max: 40 }), features: fc.integer({ min: 1, max: 9 }) })
  .map(({ seed, rows, features }) => problem(seed, rows, features));

/** What each column still correlates with the residual. */
function pulls({ columns, y }: Problem, w: Float64Array): number[] {
  const residual = y.map((value, row) => value - columns.reduce((sum, column, j) => sum + (column[row] as number) * (w[j] as number), 0));
  return columns.map((column) => dot(column, residual));
}

const support = (w: Float64Array): number[] => [...w.keys()].filter((j) => w[j] !== 0);

describe('the path of larsLasso', () => {
  it('at every breakpoint meets the conditions of the lasso, and the pull only falls', () => {
    let drops = 0;
    fc.assert(fc.property(anyProblem, (given) => {
      const largest = Math.max(...pulls(given, new Float64Array(given.columns.length)).map(Math.abs));
      let before = largest;
      let known: number[] = [];
      for (let steps = 1; steps <= 2 * given.columns.length; steps++) {
        const w = larsLasso(given.columns, given.y, steps);
        expect(support(w).length).toBeLessThanOrEqual(steps);
        const left = pulls(given, w);
        const most = Math.max(...left.map(Math.abs));
        const slack = 1e-8 * largest;
        expect(most).toBeLessThanOrEqual(before + slack);
        for (const j of support(w)) expect(Math.abs((left[j] as number) - Math.sign(w[j] as number) * most)).toBeLessThan(slack);
        if (known.some((j) => w[j] === 0)) drops++;
        before = most;
        known = support(w);
      }
    }), { numRuns: 150 });
    // The case that tells the lasso from plain least angle regression was among them.
    expect(drops).toBeGreaterThan(0);
  });

  it('is the lasso by coordinate descent at the penalty where it stands', () => {
    fc.assert(fc.property(anyProblem, fc.integer({ min: 1, max: 12 }), (given, steps) => {
      const w = larsLasso(given.columns, given.y, steps);
      const alpha = Math.max(...pulls(given, w).map(Math.abs)) / given.y.length;
      const rows = Array.from(given.y, (_, row) => given.columns.map((column) => column[row] as number));
      expectClose(lasso(rows, given.y, alpha).coefficients, w, 1e-3);
    }), { numRuns: 100 });
  });

  it('ends at least squares', () => {
    fc.assert(fc.property(anyProblem, (given) => {
      const gram = new Matrix(given.columns.map((a) => given.columns.map((b) => dot(a, b))));
      const plain = solve(gram, Matrix.columnVector(given.columns.map((column) => dot(column, given.y)))).to1DArray();
      expectClose(larsLasso(given.columns, given.y, 200), plain, 1e-6);
    }));
  });

  it('on orthogonal columns lets them in by size and takes the same off all of them', () => {
    const columns = [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1]].map((column) => Float64Array.from(column));
    const effects = [3, -5, 1];
    const y = Float64Array.from([0, 1, 2, 3], (row) => effects.reduce((sum, effect, j) => sum + effect * (columns[j]?.[row] as number), 0));
    expectClose(larsLasso(columns, y, 1), [0, -2, 0]);
    expectClose(larsLasso(columns, y, 2), [2, -4, 0]);
    expectClose(larsLasso(columns, y, 3), [3, -5, 1]);
    expectClose(larsLasso(columns, y, 50), [3, -5, 1]);
  });

  it('repeated, opposite and empty columns do no harm', () => {
    fc.assert(fc.property(anyProblem, ({ columns, y }) => {
      const [first] = columns as [Float64Array];
      const wide = [...columns, first, first.map((value) => -2 * value), new Float64Array(y.length)];
      const w = larsLasso(wide, y, 100);
      expect(w.every(Number.isFinite)).toBe(true);
      for (const pull of pulls({ columns: wide, y }, w)) expect(Math.abs(pull)).toBeLessThan(1e-6);
    }), { numRuns: 60 });
  });

  it('more columns than rows: the values are explained, no column goes wild', () => {
    const { columns, y } = problem(5, 8, 20);
    const w = larsLasso(columns, y, 200);
    expect(support(w).length).toBeLessThanOrEqual(8);
    for (const pull of pulls({ columns, y }, w)) expect(Math.abs(pull)).toBeLessThan(1e-6);
  });
});
