import { chooseAlpha, interceptOf, makeFolds, residualOf, type Fold } from '../crossvalidation.ts';
import { effects, type Effects } from '../effects.ts';
import { screenPairs, withProducts, type Pair } from './pairs.ts';
import { polish } from './polish.ts';
import { slab } from '../slab.ts';
import { mean } from '../statistics.ts';
import type { Mask } from '../types.ts';

/** v ≈ centre + Σ main[i]·zᵢ + Σ effect·zᵢzⱼ with z = ±½: main effects and interactions averaged over half masks. */
export interface Ensemble {
  centre: number;
  main: Float64Array;
  pairs: readonly ScreenedPair[];
  /** Of the units, and after them of the columns 2·zᵢzⱼ of the pairs (half their effect). null where masks are too few. */
  effects: Effects | null;
}

export interface ScreenedPair {
  pair: Pair;
  effect: number;
}

const FOLDS = 10;
/** Units that the regression takes in; of more, those with the largest covariances. */
const MOST_UNITS = 160;
/** A range below this share of the largest value is rounding. */
const ROUNDING = 1e-12;

/** One model fitted without each fold in turn, and its residuals on the fold. */
interface Candidate {
  weights: Float64Array[];
  intercept: number;
  residuals: Float64Array;
}

/**
 * The regression of `auto` on half masks (at least two): lasso with α by cross-validation, refitted by sparse Bayesian
 * regression without the lasso's shrinkage, and again with the products of the 8 largest units. Both refits are
 * averaged over the folds (each saw nine tenths of the rows) and mixed by how well they predict what they did not see.
 * What is left is spread over all units where it shows a trace of many small effects.
 */
export function fitEnsemble(masks: readonly Mask[], y: Float64Array): Ensemble {
  const z = masks.map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const level = mean(y);
  const constant = Math.max(...y) - Math.min(...y) <= ROUNDING * Math.max(...y.map(Math.abs));
  const centred = y.map((value) => (constant ? 0 : value - level));
  const units = screenUnits(z, centred);
  const narrow = z.map((row) => Float64Array.from(units, (unit) => row[unit] as number));
  const folds = makeFolds(narrow, centred, FOLDS);
  const single = candidate(folds, narrow, centred, chooseAlpha(folds, narrow, centred).weights);
  const pairs = screenPairs(average(single.weights));
  const wide = withProducts(narrow, pairs);
  const width = units.length + pairs.length;
  const widen = (w: Float64Array): Float64Array => Float64Array.from({ length: width }, (_, j) => w[j] ?? 0);
  const paired = candidate(makeFolds(wide, centred, FOLDS), wide, centred, single.weights.map(widen));
  const share = sharePaired(single.residuals, paired.residuals);
  const blend = (alone: number, together: number): number => (1 - share) * alone + share * together;
  const mixed = single.weights.map((w, at) => widen(w).map((value, j) => blend(value, paired.weights[at]?.[j] as number)));
  const whole = average(mixed);
  const intercept = blend(single.intercept, paired.intercept);
  const left = Float64Array.from(wide, (row, at) => residualOf(row, centred[at] as number, whole, intercept));
  const small = polish(z, left, Math.max(...centred.map(Math.abs)));
  const residuals = single.residuals.map((value, row) => blend(value, paired.residuals[row] as number));
  // Back to all units; the pairs' columns stay behind them.
  const n = z[0]?.length ?? 0;
  const spread = (w: Float64Array): Float64Array => {
    const all = new Float64Array(n + pairs.length);
    units.forEach((unit, at) => (all[unit] = w[at] as number));
    all.set(w.subarray(units.length), n);
    return all;
  };
  const named = pairs.map(([i, j]): Pair => [units[i] as number, units[j] as number]);
  const spreadFolds = mixed.map(spread);
  return {
    centre: level + intercept + mean(left.map((value, at) => residualOf(z[at] as Float64Array, value, small, 0))),
    main: spread(whole).subarray(0, n).map((value, i) => value + (small[i] as number)),
    pairs: named.map((pair, at) => ({ pair, effect: 2 * (whole[units.length + at] as number) })),
    effects: effects(withProducts(z, named), (row) => spreadFolds[row % spreadFolds.length] as Float64Array, residuals),
  };
}

/**
 * The units that go with the values most, ascending: all of them up to a limit that more would only slow down. What is
 * left out has no coefficient, but an effect and an interval like every unit (sure independence screening, Fan and Lv
 * 2008: with independent columns, what matters is among the largest covariances).
 */
function screenUnits(z: readonly Float64Array[], y: Float64Array): number[] {
  const n = z[0]?.length ?? 0;
  const units = Array.from({ length: n }, (_, unit) => unit);
  if (n <= MOST_UNITS) return units;
  const pulls = new Float64Array(n);
  z.forEach((row, at) => {
    for (let i = 0; i < n; i++) pulls[i] = (pulls[i] as number) + (row[i] as number) * (y[at] as number);
  });
  const size = (unit: number): number => Math.abs(pulls[unit] as number);
  return units.sort((i, j) => size(j) - size(i)).slice(0, MOST_UNITS).sort((i, j) => i - j);
}

function candidate(
  folds: readonly Fold[],
  rows: readonly Float64Array[],
  y: Float64Array,
  starts: readonly Float64Array[],
): Candidate {
  const weights = folds.map(({ learnt }, at) => slab(learnt, starts[at] as Float64Array).weights);
  const intercepts = folds.map(({ learnt }, at) => interceptOf(learnt, weights[at] as Float64Array));
  const residuals = new Float64Array(rows.length);
  folds.forEach(({ held }, at) => {
    const [w, intercept] = [weights[at] as Float64Array, intercepts[at] as number];
    for (const row of held) residuals[row] = residualOf(rows[row] as Float64Array, y[row] as number, w, intercept);
  });
  return { weights, intercept: mean(intercepts), residuals };
}

/** Share of the model with pairs, by squared errors on unseen rows: errors^(−rows/8), a normal likelihood, tempered. */
function sharePaired(single: Float64Array, paired: Float64Array): number {
  const alone = single.reduce((sum, value) => sum + value * value, 0);
  const together = paired.reduce((sum, value) => sum + value * value, 0);
  if (alone === together) return 0;
  return 1 / (1 + (together / alone) ** (single.length / 8));
}

function average(vectors: readonly Float64Array[]): Float64Array {
  return Float64Array.from(vectors[0] ?? [], (_, at) => mean(vectors.map((vector) => vector[at] as number)));
}
