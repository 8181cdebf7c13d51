import { cholesky, logDeterminant, solveCholesky } from '../cholesky.ts';
import { heaped, onHeap, room } from '../kernel/heap.ts';
import { takePlainly, takeRows } from '../kernel/taking.ts';
import { mean } from '../statistics.ts';
import { addTo, dot } from '../vectors.ts';

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
  const centred = centredColumns(x);
  // The smaller of the two forms of the same solution: (I + ρXᵀX)⁻¹Xᵀr = Xᵀ(I + ρXXᵀ)⁻¹r.
  const primal = size < rows;
  const products = primal ? innerProducts(turned(centred)) : innerProducts(centred);
  const width = primal ? size : rows;
  const moment = primal ? combined(centred, left) : left;
  let best = { likelihood: logLikelihood(total, 0, rows - 1), coefficients: nothing };
  for (const step of RATIOS) {
    const ratio = (4 * step) / rows;
    const system = products.map((value) => ratio * value);
    for (let i = 0; i < width; i++) system[i * width + i] = (system[i * width + i] as number) + 1;
    const factor = cholesky(system, width);
    if (!factor) continue;
    const solved = solveCholesky(factor, moment);
    const explained = dot(moment, solved);
    const likelihood = logLikelihood(primal ? total - ratio * explained : explained, logDeterminant(factor, width), rows - 1);
    // It has one peak in practice, so the first step down ends the search.
    if (!(likelihood > best.likelihood)) break;
    best = { likelihood, coefficients: (primal ? solved : combined(centred, solved)).map((value) => ratio * value) };
  }
  return best.coefficients;
}

/** Of centred values with that quadratic form and log-determinant, σ² at its best, constants dropped. */
function logLikelihood(quadratic: number, logVolume: number, degrees: number): number {
  return quadratic > 0 ? -0.5 * (degrees * Math.log(quadratic / degrees) + logVolume) : -Infinity;
}

/** Rows without the means of their columns. */
function centredColumns(x: readonly Float64Array[]): Float64Array[] {
  const means = new Float64Array(x[0]?.length ?? 0);
  for (const row of x) addTo(means, row, 1 / x.length);
  return x.map((row) => {
    const own = row.slice();
    addTo(own, means, -1);
    return own;
  });
}

function turned(x: readonly Float64Array[]): Float64Array[] {
  return Array.from({ length: x[0]?.length ?? 0 }, (_, i) => {
    const column = room(x.length);
    for (let k = 0; k < column.length; k++) column[k] = (x[k] as Float64Array)[i] as number;
    return column;
  });
}

/** Σ weights[k]·x[k]. */
function combined(x: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(x[0]?.length ?? 0);
  x.forEach((row, k) => addTo(sum, row, weights[k] as number));
  return sum;
}

/** Inner products of all vectors, row after row; each is summed up in the order of its numbers. */
function innerProducts(vectors: readonly Float64Array[]): Float64Array {
  const size = vectors.length;
  const products = new Float64Array(size * size);
  onHeap(() => {
    const across = turned(vectors);
    const all = room(size);
    const takeInto = heaped(all, ...across) ? takeRows : takePlainly;
    const steps = new Float64Array(across.length);
    vectors.forEach((one, i) => {
      const sums = new Float64Array(all.buffer, all.byteOffset, i + 1).fill(0);
      for (let k = 0; k < steps.length; k++) steps[k] = -(one[k] as number);
      takeInto(sums, across, steps);
      products.set(sums, i * size);
    });
  });
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) products[j * size + i] = products[i * size + j] as number;
  return products;
}
