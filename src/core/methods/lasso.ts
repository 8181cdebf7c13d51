import { z } from 'zod';
import { chooseAlpha, interceptOf, makeFolds, residualsOf, type Fold } from '../crossvalidation.ts';
import { descendPath } from '../descent.ts';
import { effects, intervalsOf, type Effects } from '../effects.ts';
import { standardise, standardMoments, unstandardise, type Standardised } from '../lasso.ts';
import { halfMasks } from '../masks.ts';
import type { Attribution, Game, Mask, Method, Run, Values } from '../types.ts';
import { usable, type Usable } from '../usable.ts';

const DEFAULT_MASKS = 64;
const LEAST_MASKS = 8;
const FOLDS = 5;
/** Fits that only serve for residuals need few digits. */
const FOLD_TOLERANCE = 1e-4;

const options = z.strictObject({
  num_masks: z.int().min(LEAST_MASKS).nullable().default(null)
    .describe(`Random masks evaluated; null: ${DEFAULT_MASKS}, or as many as the budget allows.`),
  alpha: z.union([z.number().nonnegative(), z.literal('cv')]).default(0.01)
    .describe('Penalty on standardised columns, per token of the target; cv: the one that predicts best in cross-validation.'),
  confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the intervals.'),
});
type Options = z.infer<typeof options>;

/** ContextCite (arXiv 2409.00729): a lasso on random half masks. methods.md section 2. */
export const lasso: Method<Options> = {
  id: 'lasso',
  title: 'ContextCite: a sparse linear fit to random halves of the call',
  options,
  transform: 'log_odds',
  evaluations: (_n, { num_masks }, budget) => num_masks ?? Math.max(LEAST_MASKS, Math.min(DEFAULT_MASKS, budget)),
  *run(game: Game, chosen: Options, budget: number): Run {
    const masks = halfMasks(game.n, lasso.evaluations(game.n, chosen, budget), game.rng);
    const values = yield { masks };
    return { attributions: fit(game, masks, values, chosen), stopped: 'done' };
  },
  fit,
};

function fit(game: Game, masks: readonly Mask[], values: Values, chosen: Options): Attribution[] {
  return Array.from({ length: game.columns }, (_, column) => {
    const weight = game.weights[column] as number;
    const rows = usable(masks, values, column, game.coarse);
    return fitColumn(game.n, { ...rows, y: rows.y.map((value) => value / weight) }, weight, chosen);
  });
}

/** The fit of one target to values per token; scores and intercept are per target again. */
function fitColumn(n: number, { masks, y, lost, coarse }: Usable, weight: number, { alpha, confidence }: Options): Attribution {
  if (masks.length === 0) return { scores: new Float64Array(n).fill(Number.NaN), intercept: Number.NaN };
  const standard = standardise(masks);
  const folds = makeFolds(standard.rows, y, FOLDS);
  const penalty = alpha === 'cv' ? chooseAlpha(folds, standard.rows, y).alpha : alpha;
  const data = standardMoments(standard, y);
  const { coefficients, intercept } = unstandardise(standard, descendPath(data, penalty), data.centre);
  const scores = coefficients.map((value) => value * weight);
  for (const unit of lost) scores[unit] = Number.NaN;
  const atFull = weight * coefficients.reduce((sum, value) => sum + value, intercept);
  const attribution: Attribution = { scores, intercept: atFull };
  const unbiased = crossFit(standard, folds, masks, y, penalty, coarse);
  if (!unbiased) return attribution;
  // The penalty may pull a score out of the unbiased interval, which then reaches to it.
  const intervals = intervalsOf(unbiased, scores.length, confidence).map(([low, high], i): readonly [number, number] => {
    const score = scores[i] as number;
    return Number.isNaN(score) ? [Number.NaN, Number.NaN] : [Math.min(low * weight, score), Math.max(high * weight, score)];
  });
  return { ...attribution, intervals };
}

/** The effects without the penalty's bias, from fits that did not see the row they are compared with; of rows behind the `coarse` ones. */
function crossFit(
  standard: Standardised,
  folds: readonly Fold[],
  masks: readonly Mask[],
  y: Float64Array,
  penalty: number,
  coarse: number,
): Effects | null {
  const residuals = new Float64Array(y.length);
  const own = new Map<number, Float64Array>();
  for (const { learnt, held } of folds) {
    const w = descendPath(learnt, penalty, FOLD_TOLERANCE);
    const { coefficients } = unstandardise(standard, w, 0);
    const left = residualsOf(standard.rows, y, held, w, interceptOf(learnt, w));
    held.forEach((row, turn) => {
      residuals[row] = left[turn] as number;
      own.set(row, coefficients);
    });
  }
  const rows = masks.slice(coarse).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  return effects(rows, (row) => own.get(coarse + row) as Float64Array, residuals.subarray(coarse));
}
