import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cholesky, logDeterminant, solveCholesky } from '../../../src/core/cholesky.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { expectClose } from './shapley/games.ts';

/** BᵀB + 1, which is positive definite. */
function positive(size: number, seed: number): Float64Array {
  const rng = createRng(seed, 'positive');
  const b = Array.from({ length: size }, () => Array.from({ length: size }, () => gaussian(rng)));
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return b.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? 1 : 0);
  });
}

it('factors, solves and keeps the upper half empty', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (size, seed) => {
    const matrix = positive(size, seed);
    const factor = cholesky(matrix, size);
    if (!factor) throw new Error('not positive definite');
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += (factor[i * size + k] as number) * (factor[j * size + k] as number);
        expect(sum).toBeCloseTo(matrix[i * size + j] as number, 8);
        if (j > i) expect(factor[i * size + j]).toBe(0);
      }
    }
    const wanted = Array.from({ length: size }, (_, i) => i - 2);
    const b = wanted.map((_, i) => wanted.reduce((sum, value, j) => sum + value * (matrix[i * size + j] as number), 0));
    expectClose(solveCholesky(factor, b), wanted, 1e-8);
  }));
});

it('gives the log-determinant', () => {
  expect(logDeterminant(cholesky(Float64Array.of(4, 2, 2, 3), 2) as Float64Array, 2)).toBeCloseTo(Math.log(8), 12);
});

it('refuses what is not positive definite', () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  expect(cholesky(Float64Array.of(0), 1)).toBeNull();
});
