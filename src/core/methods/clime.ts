import { z } from 'zod';
import { studentReach } from '../student.ts';
import { leastSquares, type LinearFit } from '../linear.ts';
import { absentees, binomial, without } from '../masks.ts';
import { roundHalfEven } from '../rounding.ts';
import { sparseRemovals } from '../sparse-removals.ts';
import { sampleSubsets } from '../subsets.ts';
import type { Attribution, Game, Mask, Method, Run, Values } from '../types.ts';

const options = z.strictObject({
  max_units_replace: z.int().min(1).max(10).default(2).describe('Most units taken away in one evaluation.'),
  oversampling_factor: z.number().positive().max(1000).default(10).describe('Evaluations asked per unit, about.'),
  empty_subset: z.boolean().default(true).describe('Whether the call with nothing taken away is evaluated and fitted too.'),
  weighting: z.enum(['stratum', 'unit']).default('stratum')
    .describe('stratum: every number of units taken away weighs the same in total, as in ICX360; unit: every evaluation does.'),
  num_nonzeros: z.int().min(1).nullable().default(null).describe('At most this many units get a score (lasso path); null: all.'),
  debias: z.boolean().default(true).describe('With num_nonzeros: fit the chosen units again without penalty.'),
  confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the intervals.'),
});
type Options = z.infer<typeof options>;

/** MExGen C-LIME (arXiv 2403.14459): a weighted linear fit to the removal of few units at a time. methods.md section 2. */
export const clime: Method<Options> = {
  id: 'clime',
  title: 'C-LIME: a linear fit to calls with one or two units taken away',
  options,
  evaluations: (n, chosen) => quotas(n, chosen).reduce((sum, count) => sum + count, 0),
  *run(game: Game, chosen: Options): Run {
    const masks = quotas(game.n, chosen).flatMap((count, size) =>
      sampleSubsets(game.n, size, count, game.rng).map((absent) => without(game.n, ...absent)));
    const values = yield { masks };
    return { attributions: fit(game, masks, values, chosen), stopped: 'done' };
  },
  fit,
};

/**
 * Evaluations by number of units taken away. Size k of 1 … K gets round(R/(K + 1 − k)) of the R that are left, halves
 * to even, and no more than there are subsets; the empty removal is asked beside them.
 */
function quotas(n: number, { max_units_replace, oversampling_factor, empty_subset }: Options): number[] {
  let left = Math.ceil(oversampling_factor * n);
  const counts = [empty_subset ? 1 : 0];
  for (let size = 1; size <= Math.min(max_units_replace, n) && left > 0; size++) {
    const count = Math.min(binomial(n, size), roundHalfEven(left / (max_units_replace + 1 - size)));
    counts.push(count);
    left -= count;
  }
  return counts;
}

/**
 * Fits the masks that lack no more than `max_units_replace` units (all masks when there are none such): other stored
 * evaluations, held-out ones among them, are not of this method's design.
 */
function fit(game: Game, masks: readonly Mask[], values: Values, chosen: Options): Attribution[] {
  const sizes = masks.map((mask) => absentees(mask).length);
  const designed = (size: number): boolean => size <= chosen.max_units_replace && (size > 0 || chosen.empty_subset);
  const everything = [...masks.keys()];
  const own = everything.filter((row) => designed(sizes[row] as number));
  const rows = own.some((row) => sizes[row] !== 0) ? own : everything;
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(sizes[row] as number, (counts.get(sizes[row] as number) ?? 0) + 1);
  // Every size class weighs the same in total, shared equally inside it.
  const weights = rows.map((row) => (chosen.weighting === 'unit' ? 1 : 1 / (counts.get(sizes[row] as number) as number)));
  const removed = rows.map((row) => Float64Array.from(masks[row] as Mask, (bit) => 1 - bit));
  const seen = rows.map((row) => values[row] as Float64Array);
  if (chosen.num_nonzeros !== null) {
    return sparseRemovals(removed, seen, game.columns, weights, chosen.num_nonzeros, chosen.debias);
  }
  return leastSquares(removed, seen, game.columns, weights).map((fitted) => attribution(fitted, chosen.confidence));
}

/** The regression is on 1 = removed, so that scores are its coefficients with the sign turned. */
function attribution({ coefficients, intercept, errors, freedom }: LinearFit, confidence: number): Attribution {
  const scores = coefficients.map((value) => 0 - value);
  if (!errors) return { scores, intercept };
  const reach = studentReach(confidence, freedom);
  const intervals = Array.from(scores, (score, i): readonly [number, number] => {
    const half = reach * (errors[i] as number);
    return [score - half, score + half];
  });
  return { scores, intervals, intercept };
}
