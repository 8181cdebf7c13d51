import { coinMoments, countCoins } from '../coins.ts';
import { chooseAlpha, coinFolds, interceptOf, makeFolds, residualsOf } from '../crossvalidation.ts';
import { effects, type Effects } from '../effects.ts';
import { onHeap, room } from '../kernel/heap.ts';
import { moments, sums } from '../moments.ts';
import { slab } from '../slab.ts';
import { mean } from '../statistics.ts';
import type { Mask } from '../types.ts';
import { blend, candidate, shareOut } from './candidates.ts';
import { foldKin, withKin, type Kin } from './kin.ts';
import { screenPairs, withProducts, type Pair } from './pairs.ts';
import { polish } from './polish.ts';
import { screenUnits } from './screen.ts';
import type { Evidence } from './settled.ts';
import { support, supportWeights } from './support.ts';

/** v ≈ centre + Σ main[i]·zᵢ + Σ effect·zᵢzⱼ with z = ±½: main effects and interactions averaged over half masks. */
export interface Ensemble {
  centre: number;
  main: Float64Array;
  pairs: readonly ScreenedPair[];
  /** Those of each unit, and after them of the columns 2·zᵢzⱼ of the pairs (half their effect). null where masks are too few. */
  effects: Effects | null;
  evidence: Evidence;
}

export interface ScreenedPair {
  pair: Pair;
  effect: number;
}

const FOLDS = 10;
/** A range below this share of the largest value is rounding. */
const ROUNDING = 1e-12;

/**
 * The regression of `auto` on half masks (at least two). Three models: sparse Bayesian regression from a lasso with α by
 * cross-validation, the same with the products of the 8 largest units, and the likeliest few of all these features.
 * They are mixed by how well they predict rows that they did not see; the first two are averaged over the folds (each
 * saw nine tenths of the rows). What is left is spread over all units where it shows a trace of many small effects.
 * Units of one group (`groups`) may have effects that are alike: the third model may take a group as one feature more,
 * and the spread is shared between a unit and its group.
 * @param since the first row from which on units were drawn independently of one another; effects are of the rows from there
 */
export function fitEnsemble(masks: readonly Mask[], y: Float64Array, groups: readonly Kin[] = [], since = 0): Ensemble {
  return onHeap(() => mix(masks, y, groups, since));
}

function mix(masks: readonly Mask[], y: Float64Array, groups: readonly Kin[], since: number): Ensemble {
  const z = masks.map(centredMask);
  const asked = [...z.keys()];
  const level = mean(y);
  const constant = Math.max(...y) - Math.min(...y) <= ROUNDING * Math.max(...y.map(Math.abs));
  const centred = y.map((value) => (constant ? 0 : value - level));
  const units = screenUnits(z, centred);
  const narrow = units.length === z[0]?.length ? z : z.map((row) => picked(row, units));
  const narrowCounts = countCoins(narrow);
  const narrowFolds = coinFolds(narrowCounts, centred, FOLDS);
  const starts = chooseAlpha(narrowFolds, narrow, centred).weights;
  const alone = narrowFolds.map(({ learnt }, at) => slab(learnt, starts[at] as Float64Array).weights);
  const single = candidate(narrowFolds, narrow, centred, alone);
  const pairs = screenPairs(single.average);
  const wide = withProducts(narrow, pairs);
  const width = units.length + pairs.length;
  const counts = countCoins(wide, narrowCounts);
  const kin = amongst(units, groups);
  const grouped = kin.length > 0 ? withKin(wide, kin) : wide;
  const groupedFolds = kin.length > 0 ? makeFolds(grouped, centred, FOLDS) : [];
  // Fold by fold, so that the covariances of one are still at hand when the next model asks for them.
  const fits = narrowFolds.map(({ learnt: narrower, held }, at) => onHeap(() => {
    const learnt = coinMoments(counts, centred, held, narrower);
    const start = Float64Array.from({ length: width }, (_, j) => alone[at]?.[j] ?? 0);
    const together = slab(learnt, start).weights;
    const few = foldKin(supportWeights(groupedFolds[at]?.learnt ?? learnt, [inPlay(together)]), kin);
    return { fold: { learnt: { centre: learnt.centre, means: learnt.means.slice() }, held }, together, few };
  }));
  const folds = fits.map(({ fold }) => fold);
  const paired = candidate(folds, wide, centred, fits.map(({ together }) => together));
  const sparse = candidate(folds, wide, centred, fits.map(({ few }) => few));
  const all = kin.length > 0 ? moments(sums(grouped, centred, grouped.keys())) : coinMoments(counts, centred);
  const chosen = support(all, [inPlay(paired.average)]);
  const likeliest = foldKin(chosen.weights, kin);
  const models = [single, paired, sparse];
  const shares = shareOut(models.map(({ residuals }) => residuals));
  const whole = blend(shares, [single.average, paired.average, likeliest], width);
  const levels = [single.intercept, paired.intercept, interceptOf(all, chosen.weights)];
  const intercept = levels.reduce((sum, value, at) => sum + (shares[at] as number) * value, 0);
  const left = residualsOf(wide, centred, asked, whole, intercept);
  const small = foldKin(polish(withKin(z, groups), left, Math.max(...centred.map(Math.abs))), groups);
  const residuals = blend(shares, models.map((model) => model.residuals), z.length);
  // Back to all units; the pairs' columns stay behind them.
  const n = z[0]?.length ?? 0;
  const spread = (w: Float64Array): Float64Array => {
    const every = new Float64Array(n + pairs.length);
    units.forEach((unit, at) => (every[unit] = w[at] as number));
    every.set(w.subarray(units.length), n);
    return every;
  };
  const named = pairs.map(([i, j]): Pair => [units[i] as number, units[j] as number]);
  const byFold = folds.map((_, at) => spread(blend(shares, models.map(({ weights }) => weights[at] as Float64Array), width)));
  return {
    centre: level + intercept + mean(residualsOf(z, left, asked, small, 0)),
    main: spread(whole).subarray(0, n).map((value, i) => value + (small[i] as number)),
    pairs: named.map((pair, at) => ({ pair, effect: 2 * (whole[units.length + at] as number) })),
    effects: effects(withProducts(z, named).slice(since), (row) => byFold[(since + row) % byFold.length] as Float64Array, residuals.subarray(since)),
    evidence: { rows: z.length, units, pairs: named, support: chosen, unseen: meanSquare(sparse.residuals) },
  };
}

/** 1 as ½ and 0 as −½. */
function centredMask(mask: Mask): Float64Array {
  const row = room(mask.length);
  for (let i = 0; i < row.length; i++) row[i] = (mask[i] as number) - 0.5;
  return row;
}

function picked(row: Float64Array, units: readonly number[]): Float64Array {
  const some = room(units.length);
  for (let at = 0; at < some.length; at++) some[at] = row[units[at] as number] as number;
  return some;
}

/** The groups as positions among `units`, of those that still have two. */
function amongst(units: readonly number[], groups: readonly Kin[]): Kin[] {
  const at = new Map(units.map((unit, place) => [unit, place]));
  return groups.map((group) => group.flatMap((unit) => at.get(unit) ?? [])).filter((group) => group.length > 1);
}

function meanSquare(residuals: Float64Array): number {
  return mean(residuals.map((value) => value * value));
}

/** The features with a coefficient, the largest first. */
function inPlay(w: Float64Array): number[] {
  const features: number[] = [];
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) features.push(j);
  return features.sort((i, j) => Math.abs(w[j] as number) - Math.abs(w[i] as number));
}
