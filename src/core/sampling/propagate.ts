import type { Rng } from '../rng.ts';
import type { Attribution, Values } from '../types.ts';

/** Most replicates of a target: the standard deviation of a score is then off by about 9 %, and exact for as many masks. */
const MOST = 64;
/** Of all targets together, since each replicate is a fit; no target has fewer than the least. */
const MOST_TOGETHER = 256;
const LEAST = 8;

/** How many replicates each of so many targets gets: a power of two. */
export function replicatesOf(targets: number): number {
  return Math.max(LEAST, Math.min(MOST, 2 ** Math.floor(Math.log2(MOST_TOGETHER / targets))));
}

/** Values of one target with noise put on: column 0 is for the method to decide by, 1 the target, the rest replicates. */
export interface Replicates {
  values: Values;
  columns: number;
}

/**
 * Adds ±1 standard deviation to every value, with another pattern of signs in each replicate. Rows of a Hadamard matrix
 * (Sylvester 1867) are orthogonal, so that for up to `most` masks and a linear method the mean square of what the replicates
 * move a score is exactly Σ c²σ²; more masks have random signs, for which that holds on average.
 * @param leading   values of the first target, which an adaptive method decides by
 * @param centre    values of the target itself
 * @param variances sampling variance of each of them; NaN counts as none
 * @param most      replicates at most, a power of two
 */
export function replicate(leading: Float64Array, centre: Float64Array, variances: Float64Array, most: number, rng: Rng): Replicates {
  const rows = centre.length;
  const orthogonal = rows <= most;
  const count = orthogonal ? 2 ** Math.ceil(Math.log2(Math.max(2, rows))) : most;
  const values = Array.from({ length: rows }, (_, row) => {
    const sd = Math.sqrt(Number.isNaN(variances[row]) ? 0 : (variances[row] as number));
    const at = centre[row] as number;
    const signed = Array.from({ length: count }, (__, pattern) => {
      const plus = orthogonal ? odd(row & pattern) === 0 : rng() < 0.5;
      return plus ? at + sd : at - sd;
    });
    return Float64Array.of(leading[row] as number, at, ...signed);
  });
  return { values, columns: count + 2 };
}

/** Parity of the bits that are set. */
function odd(bits: number): number {
  let parity = 0;
  for (let left = bits; left !== 0; left &= left - 1) parity ^= 1;
  return parity;
}

/** Standard deviation of every score by sampling noise alone, from the attributions of `replicate`'s columns. */
export function propagated(attributions: readonly Attribution[]): Float64Array {
  const [, target, ...replicates] = attributions;
  return Float64Array.from(target?.scores ?? [], (score, unit) => {
    const squares = replicates.map(({ scores }) => ((scores[unit] as number) - score) ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  });
}
