import { descendPath } from './descent.ts';
import { moments, sums, type Moments } from './moments.ts';
import type { Row } from './solver.ts';

/** y ≈ intercept + Σ coefficients[i]·x[i], on the scale of the columns as given. */
export interface SparseFit {
  coefficients: Float64Array;
  intercept: number;
}

/** Columns with mean 0 and population standard deviation 1, and what brings coefficients back. */
export interface Standardised {
  rows: Float64Array[];
  means: Float64Array;
  /** 0 for a constant column. */
  scales: Float64Array;
}

/** Standardises the columns of x ([row][feature]); constant columns become 0. */
export function standardise(x: readonly Row[]): Standardised {
  const features = x[0]?.length ?? 0;
  const means = Float64Array.from({ length: features }, (_, i) => x.reduce((sum, row) => sum + (row[i] as number), 0) / x.length);
  const scales = means.map((mean, i) => {
    const variance = x.reduce((sum, row) => sum + ((row[i] as number) - mean) ** 2, 0) / x.length;
    return Math.sqrt(variance) > 1e-9 * Math.max(1, Math.abs(mean)) ? Math.sqrt(variance) : 0;
  });
  const inverse = scales.map((scale) => (scale === 0 ? 0 : 1 / scale));
  const rows = x.map((row) => means.map((mean, i) => ((row[i] as number) - mean) * (inverse[i] as number)));
  return { rows, means, scales };
}

/** Coefficients of standardised columns back on the scale of the columns, with the intercept that goes with them. */
export function unstandardise({ means, scales }: Standardised, w: Float64Array, centre: number): SparseFit {
  const coefficients = w.map((value, i) => (scales[i] === 0 ? 0 : value / (scales[i] as number)));
  const intercept = centre - coefficients.reduce((sum, value, i) => sum + value * (means[i] as number), 0);
  return { coefficients, intercept };
}

/** Moments of values over standardised columns. */
export function standardMoments(standard: Standardised, y: ArrayLike<number>): Moments {
  return moments(sums(standard.rows, y, standard.rows.keys()));
}

/**
 * The lasso in scikit-learn's form at one α ≥ 0: (1/2N)‖y − Xw‖² + α‖w‖₁ over columns standardised with the population
 * standard deviation, intercept free, coefficients scaled back (Tibshirani 1996). x is [row][feature]; no NaN.
 */
export function lasso(x: readonly Row[], y: ArrayLike<number>, alpha: number): SparseFit {
  const standard = standardise(x);
  const data = standardMoments(standard, y);
  return unstandardise(standard, descendPath(data, alpha), data.centre);
}
