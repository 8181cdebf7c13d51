import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { mean } from '../statistics.ts';
import { dot } from '../vectors.ts';

/** Ratios of effect to noise variance that are tried, times 4/rows: from nothing to be seen to practically no noise. */
const RATIOS = Array.from({ length: 12 }, (_, step) => 10 ** (step - 3));
/** A residual below this share of the values is what is left of an exact fit, not a trace of effects. */
const EXACT = 1e-4;

/**
 * Coefficients for what a sparse model has left over, as many effects too small to tell apart: ridge regression of
 * `residual` on x ([row][feature]), its strength the one of largest marginal likelihood of residual ~ N(0, σ²(I + ρXXᵀ)).
 * All 0 when the likelihood prefers no effects at all (empirical Bayes; MacKay 1992), and when the residual is nothing
 * beside `scale`, the size of the values. X and the residual are centred.
 */
export function polish(x: readonly Float64Array[], residual: Float64Array, scale: number): Float64Array {
  const rows = x.length;
  const size = x[0]?.length ?? 0;
  const level = mean(residual);
  const left = residual.map((value) => value - level);
  const total = dot(left, left);
  const nothing = new Float64Array(size);
  if (Math.sqrt(total / rows) <= EXACT * scale) return nothing;
  const means = Array.from({ length: size }, (_, i) => mean(x.map((row) => row[i] as number)));
  const centred = new Matrix(x.map((row) => Array.from(row))).subRowVector(means);
  const turned = centred.transpose();
  // The smaller of the two forms of the same solution: (I + ρXᵀX)⁻¹Xᵀr = Xᵀ(I + ρXXᵀ)⁻¹r.
  const primal = size < rows;
  const products = primal ? turned.mmul(centred) : centred.mmul(turned);
  const values = Matrix.columnVector(Array.from(left));
  const moment = primal ? turned.mmul(values) : values;
  let best = { likelihood: logLikelihood(total, 0, rows - 1), coefficients: nothing };
  for (const step of RATIOS) {
    const ratio = (4 * step) / rows;
    const factor = new CholeskyDecomposition(Matrix.eye(products.rows).add(Matrix.mul(products, ratio)));
    if (!factor.isPositiveDefinite()) continue;
    const solved = factor.solve(moment);
    const explained = dot(moment.to1DArray(), solved.to1DArray());
    const logDeterminant = 2 * factor.lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0);
    const likelihood = logLikelihood(primal ? total - ratio * explained : explained, logDeterminant, rows - 1);
    // It has one peak in practice, so the first step down ends the search.
    if (!(likelihood > best.likelihood)) break;
    const direction = primal ? solved : turned.mmul(solved);
    best = { likelihood, coefficients: Float64Array.from(direction.to1DArray(), (value) => ratio * value) };
  }
  return best.coefficients;
}

/** Of centred values with that quadratic form and log-determinant, σ² at its best, constants dropped. */
function logLikelihood(quadratic: number, logDeterminant: number, degrees: number): number {
  return quadratic > 0 ? -0.5 * (degrees * Math.log(quadratic / degrees) + logDeterminant) : -Infinity;
}
