import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { moments, sums } from '../moments.ts';
import { dot } from '../vectors.ts';

/** Ratios of effect to noise variance that are tried, times 4/rows: from nothing to be seen to practically no noise. */
const RATIOS = Array.from({ length: 12 }, (_, step) => 10 ** (step - 3));

/** A residual below this share of the values is what is left of an exact fit, not a trace of effects. */
const EXACT = 1e-4;

/**
 * Coefficients for what a sparse model has left over, as many effects too small to tell apart: ridge regression of
 * `residual` on x ([row][feature]), its strength the one of largest marginal likelihood of residual ~ N(0, σ²(I + ρXXᵀ)).
 * All 0 when the likelihood prefers no effects at all (empirical Bayes; MacKay 1992), and when the residual is nothing
 * beside `scale`, the size of the values.
 */
export function polish(x: readonly Float64Array[], residual: Float64Array, scale: number): Float64Array {
  const { means, gram, pull, power, rows } = moments(sums(x, residual, x.keys()));
  const size = means.length;
  const total = rows * power;
  const moment = pull.map((value) => value * rows);
  let coefficients = new Float64Array(size);
  if (Math.sqrt(power) <= EXACT * scale) return coefficients;
  let best = logLikelihood(total, 0, rows - 1);
  for (const step of RATIOS) {
    const ratio = (4 * step) / rows;
    const system = Matrix.zeros(size, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) system.set(i, j, (i === j ? 1 : 0) + ratio * rows * (gram[i * size + j] as number));
    }
    const factor = new CholeskyDecomposition(system);
    if (!factor.isPositiveDefinite()) continue;
    const solved = factor.solve(Matrix.columnVector(moment)).to1DArray();
    const logDeterminant = 2 * factor.lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0);
    const likelihood = logLikelihood(total - ratio * dot(moment, solved), logDeterminant, rows - 1);
    // It has one peak in practice, so the first step down ends the search.
    if (!(likelihood > best)) break;
    best = likelihood;
    coefficients = Float64Array.from(solved, (value) => ratio * value);
  }
  return coefficients;
}

/** Of centred values with quadratic form `quadratic` and log-determinant `logDeterminant`, σ² at its best, constants dropped. */
function logLikelihood(quadratic: number, logDeterminant: number, degrees: number): number {
  return quadratic > 0 ? -0.5 * (degrees * Math.log(quadratic / degrees) + logDeterminant) : -Infinity;
}
