import { alikeChance } from './alike.ts';
import { mean, variance } from './statistics.ts';
import { studentReach } from './student.ts';
import { addTo } from './vectors.ts';

/** Estimates of the effect of each feature, and what every row adds to them: an estimate is the mean over the rows. */
export interface Effects {
  /** [row][feature]. */
  contributions: Float64Array[];
  estimates: Float64Array;
  /** Standard errors of the estimates; Infinity for a feature that is the same in every row. */
  errors: Float64Array;
}

/** What is left of equal sums by rounding, as a share of them. */
const ROUNDING = 1e-9;
/** Fewer rows than this have no usable variance. */
const LEAST_ROWS = 10;
/**
 * The models of different folds share most of their rows, which the variance of a plain mean does not know of: errors are
 * larger by this factor, the more so the fewer rows there are (measured on synthetic games and on pure noise).
 */
const sharedRows = (rows: number): number => 1.02 + 2.2 / rows;

/**
 * Effects of features that are ±½ with equal chance and uncorrelated, as units and products of two units are under
 * half masks: of a unit, its effect averaged over half masks of the others (its Banzhaf value). Free of the bias of
 * the sparse model f that was fitted, since E[4x_i·(v(x) − f(x))] is exactly what f misses of feature i when f was not
 * fitted to that row: row k contributes f's own coefficient plus 4x_ki times its residual out of fold, for any
 * game, linear or not (double machine learning, Chernozhukov et al. 2018, with a known design). The bootstrap over
 * masks of such a mean has a closed form, variance s²/N, so nothing is resampled.
 * `rows` are [row][feature] = ±½. null when they are too few or plainly not drawn like that. A feature that chance left
 * the same in every row cannot be told from the level: nothing is known of it, unless nothing was left to tell.
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
    const adds = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      adds[i] = (own[i] as number) + (row[i] as number) * pull;
      estimates[i] = (estimates[i] as number) + (adds[i] as number) / count;
    }
    return adds;
  });
  const squares = new Float64Array(size);
  for (const adds of contributions) {
    for (let i = 0; i < size; i++) squares[i] = (squares[i] as number) + ((adds[i] as number) - (estimates[i] as number)) ** 2;
  }
  const silent = residuals.every((residual) => residual === 0);
  const errors = squares.map((sum, i) => {
    const told = silent || rows.some((row) => row[i] !== rows[0]?.[i]);
    return told ? sharedRows(count) * Math.sqrt(sum / (count - 1) / count) : Infinity;
  });
  return { contributions, estimates, errors };
}

/**
 * The first `size` intervals of the effects, by Student's t with rows − 1 degrees of freedom; NaN where nothing is known.
 * Effects without an error of rows so few that another unit may have come and gone with the one that has them are not
 * known to be that unit's.
 */
export function intervalsOf({ contributions, estimates, errors }: Effects, size: number, confidence: number): [number, number][] {
  const rows = contributions.length;
  const reach = studentReach(confidence, rows - 1);
  const largest = estimates.reduce((most, estimate) => Math.max(most, Math.abs(estimate)), 0);
  const least = alikeChance(size, rows) > 1 - confidence ? ROUNDING * largest : 0;
  return Array.from(estimates.subarray(0, size), (estimate, i) => {
    const half = reach * (errors[i] as number);
    return half === Infinity || half < least ? [Number.NaN, Number.NaN] : [estimate - half, estimate + half];
  });
}

/** Standard deviations that chance allows. */
const OFF = 5;

/**
 * Whether rows of ±½ pass for fair and independent: the mean of every feature is 0 as far as chance allows, so is that of
 * all numbers together (few rows cannot show it one by one), and a row's sum does not vary more than independent features
 * let it, as it does where features come and go together.
 */
function balanced(rows: readonly Float64Array[]): boolean {
  const size = rows[0]?.length ?? 0;
  const slack = (OFF * 0.5) / Math.sqrt(rows.length);
  const totals = new Float64Array(size);
  for (const row of rows) addTo(totals, row, 1);
  const means = totals.map((total) => total / rows.length);
  if (means.some((own) => Math.abs(own) > slack) || Math.abs(mean(means)) > slack / Math.sqrt(size)) return false;
  const excess = rows.map((row) => row.reduce((sum, value) => sum + value, 0) ** 2 - size / 4);
  return mean(excess) <= OFF * Math.sqrt(variance(excess) / rows.length) + ROUNDING * size;
}
