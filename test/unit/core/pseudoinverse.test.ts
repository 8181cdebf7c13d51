import fc from 'fast-check';
import { Matrix, pseudoInverse as bySingularValues } from 'ml-matrix';
import { expect, it } from 'vitest';
import { leastSquares } from '../../../src/core/linear.ts';
import { halfMasks } from '../../../src/core/masks.ts';
import { pseudoInverse } from '../../../src/core/pseudoinverse.ts';
import { makeSolver } from '../../../src/core/solver.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { expectClose } from './shapley/games.ts';

/** Designs of any rank: masks with repeated, constant and combined columns among independent ones. */
const anyDesign = fc.record({ rows: fc.integer({ min: 2, max: 25 }), features: fc.integer({ min: 1, max: 8 }), seed: fc.nat() }).map((size) => {
  const rng = createRng(size.seed, 'design');
  const kinds = Array.from({ length: size.features }, () => Math.floor(5 * rng()));
  const x = halfMasks(size.features, size.rows, rng).map((mask, at) => {
    const row = [...mask];
    // The first column varies for certain: a design that says nothing is another matter.
    row[0] = at % 2;
    kinds.forEach((kind, i) => {
      if (kind === 0 && i > 0) row[i] = row[i - 1] as number;
      if (kind === 1 && i > 0) row[i] = 1;
      if (kind === 2 && i > 1) row[i] = (row[i - 1] as number) - 2 * (row[i - 2] as number);
    });
    return row;
  });
  return { x, y: x.map(() => 3 * gaussian(rng)), weights: x.map(() => 0.2 + rng()) };
});

/** Rows with the weighted mean taken off, times √weight. */
function centred(x: readonly number[][], weights: readonly number[]): Matrix {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = (x[0] ?? []).map((_, i) => x.reduce((sum, row, at) => sum + ((weights[at] as number) / total) * (row[i] as number), 0));
  return new Matrix(x.map((row, at) => row.map((value, i) => Math.sqrt(weights[at] as number) * (value - (means[i] as number)))));
}

it('meets the four conditions of Moore and Penrose, and says what is determined', () => {
  fc.assert(fc.property(anyDesign, ({ x, weights }) => {
    const rows = centred(x, weights);
    const gram = rows.transpose().mmul(rows);
    const { inverse, determined } = pseudoInverse(gram);
    const projection = gram.mmul(inverse);
    expectClose(projection.mmul(gram).to1DArray(), gram.to1DArray(), 1e-7);
    expectClose(inverse.mmul(projection).to1DArray(), inverse.to1DArray(), 1e-7);
    expectClose(projection.transpose().to1DArray(), projection.to1DArray(), 1e-7);
    expectClose(inverse.transpose().to1DArray(), inverse.to1DArray(), 1e-9);
    expectClose(determined, projection.diagonal(), 1e-7);
  }));
});

it('least squares takes the solution of minimum norm', () => {
  fc.assert(fc.property(anyDesign, ({ x, y, weights }) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const level = y.reduce((sum, value, at) => sum + (value * (weights[at] as number)) / total, 0);
    const target = Matrix.columnVector(y.map((value, at) => Math.sqrt(weights[at] as number) * (value - level)));
    const [fit] = leastSquares(x, y.map((value) => Float64Array.of(value)), 1, weights);
    expectClose(fit?.coefficients ?? [], bySingularValues(centred(x, weights), 1e-8).mmul(target).to1DArray(), 1e-6);
  }));
});

it('of nothing is nothing', () => {
  expect(pseudoInverse(Matrix.zeros(0, 0)).determined).toHaveLength(0);
  expect([...pseudoInverse(Matrix.zeros(2, 2)).determined]).toEqual([0, 0]);
});

it('a column that is constant tells nothing, whatever its weighted mean leaves over by rounding', () => {
  const any = fc.record({
    rows: fc.integer({ min: 2, max: 20 }), constants: fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 1, maxLength: 4 }), seed: fc.nat(),
  });
  fc.assert(fc.property(any, fc.boolean(), ({ rows, constants, seed }, varies) => {
    const rng = createRng(seed, 'constant');
    const x = Array.from({ length: rows }, (_, at) => [...constants, ...(varies ? [at % 2] : [])]);
    const weights = x.map(() => 0.1 + rng());
    const y = x.map((row) => Float64Array.of(gaussian(rng) + (row[constants.length] ?? 0)));
    const { determined, freedom } = makeSolver(x, weights, constants.length + (varies ? 1 : 0));
    expect([...determined]).toEqual([...constants.map(() => 0), ...(varies ? [1] : [])]);
    expect(freedom).toBeLessThan(rows);
    const [fit] = leastSquares(x, y, 1, weights);
    expect([...(fit?.coefficients ?? [])].slice(0, constants.length)).toEqual(constants.map(() => 0));
    expect([...(fit?.errors ?? [])].slice(0, constants.length).every((error) => error === 0)).toBe(true);
  }));
});
