import { interceptOf, residualsOf, type Levelled } from '../crossvalidation.ts';
import { mean } from '../statistics.ts';
import { addTo } from '../vectors.ts';

/** One model fitted without each fold in turn, its average over the folds, and its residuals on the rows kept back. */
export interface Candidate {
  /** One per fold. */
  weights: readonly Float64Array[];
  average: Float64Array;
  intercept: number;
  residuals: Float64Array;
}

/** A model's tempered likelihood counts every so many rows as one. */
const TEMPER = 8;
/** A model with less than this share is left out altogether, so that an exact one stays exact. */
const FAINT = 1e-6;

/** The candidate whose coefficients without fold i, of all or the first features of `rows`, are `weights[i]`. */
export function candidate(
  folds: readonly Levelled[],
  rows: readonly Float64Array[],
  y: Float64Array,
  weights: readonly Float64Array[],
): Candidate {
  const intercepts = folds.map(({ learnt }, at) => interceptOf(learnt, weights[at] as Float64Array));
  const residuals = new Float64Array(rows.length);
  folds.forEach(({ held }, at) => {
    const own = residualsOf(rows, y, held, weights[at] as Float64Array, intercepts[at] as number);
    held.forEach((row, turn) => (residuals[row] = own[turn] as number));
  });
  const average = new Float64Array(weights[0]?.length ?? 0);
  for (const w of weights) addTo(average, w, 1);
  for (let at = 0; at < average.length; at++) average[at] = (average[at] as number) / weights.length;
  return { weights, average, intercept: mean(intercepts), residuals };
}

/** Shares of models by their squared errors on rows that they did not see: errors^(−rows/8), a normal likelihood, tempered. */
export function shareOut(residuals: readonly Float64Array[]): number[] {
  const squares = residuals.map((one) => one.reduce((sum, value) => sum + value * value, 0));
  const least = Math.min(...squares);
  const power = (residuals[0]?.length ?? 0) / TEMPER;
  const raw = squares.map((sum) => (sum === least ? 1 : (least / sum) ** power)).map((share) => (share < FAINT ? 0 : share));
  const total = raw.reduce((sum, share) => sum + share, 0);
  return raw.map((share) => share / total);
}

/** Σ shares[i]·vectors[i]; a vector that is shorter than the first counts as 0 where it ends. */
export function blend(shares: readonly number[], vectors: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  shares.forEach((share, i) => {
    const vector = vectors[i] ?? sum.subarray(0, 0);
    for (let at = 0; at < length && at < vector.length; at++) sum[at] = (sum[at] as number) + share * (vector[at] as number);
  });
  return sum;
}
