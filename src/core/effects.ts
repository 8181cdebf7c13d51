import { studentReach } from './student.ts';

/** Estimates of the effect of each feature, and what every row adds to them: an estimate is the mean over the rows. */
export interface Effects {
  /** [row][feature]. */
  contributions: Float64Array[];
  estimates: Float64Array;
  /** Standard errors of the estimates. */
  errors: Float64Array;
}

/** Fewer rows than this have no usable variance. */
const LEAST_ROWS = 10;
/** The models of different folds share most of their rows, which a plain mean does not know of (measured on synthetic games). */
const SHARED_ROWS = 1.05;

/**
 * Effects of features that are ±½ with equal chance and uncorrelated, as units and products of two units are under
 * half masks: of a unit, its effect averaged over half masks of the others (its Banzhaf value). Free of the bias of
 * the sparse model f that was fitted, since E[4x_i·(v(x) − f(x))] is exactly what f misses of feature i when f was not
 * fitted to that row: row k contributes f's own coefficient plus 4x_ki times its residual out of fold, for any
 * game, linear or not (double machine learning, Chernozhukov et al. 2018, with a known design). The bootstrap over
 * masks of such a mean has a closed form, variance s²/N, so nothing is resampled.
 * `rows` are [row][feature] = ±½. null when they are too few or plainly not drawn like that.
 */
export function effects(
  rows: readonly Float64Array[],
  coefficients: (row: number) => Float64Array,
  residuals: Float64Array,
): Effects | null {
  const count = rows.length;
  const size = rows[0]?.length ?? 0;
  if (count < LEAST_ROWS || !balanced(rows)) return null;
  const estimates = new Float64Array(size);
  const contributions = rows.map((row, at) => {
    const own = coefficients(at);
    const pull = 4 * (residuals[at] as number);
    const adds = row.map((value, i) => (own[i] as number) + value * pull);
    for (let i = 0; i < size; i++) estimates[i] = (estimates[i] as number) + (adds[i] as number) / count;
    return adds;
  });
  const squares = new Float64Array(size);
  for (const adds of contributions) {
    for (let i = 0; i < size; i++) squares[i] = (squares[i] as number) + ((adds[i] as number) - (estimates[i] as number)) ** 2;
  }
  const errors = squares.map((sum) => SHARED_ROWS * Math.sqrt(sum / (count - 1) / count));
  return { contributions, estimates, errors };
}

/** The first `size` intervals of the effects, by Student's t with rows − 1 degrees of freedom. */
export function intervalsOf({ contributions, estimates, errors }: Effects, size: number, confidence: number): [number, number][] {
  const reach = studentReach(confidence, contributions.length - 1);
  return Array.from(estimates.subarray(0, size), (estimate, i) => {
    return [estimate - reach * (errors[i] as number), estimate + reach * (errors[i] as number)];
  });
}

/** Whether the mean of every feature is 0 as far as chance allows (five standard deviations). */
function balanced(rows: readonly Float64Array[]): boolean {
  const slack = 2.5 / Math.sqrt(rows.length);
  for (let i = 0; i < (rows[0]?.length ?? 0); i++) {
    const mean = rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length;
    if (Math.abs(mean) > slack) return false;
  }
  return true;
}
