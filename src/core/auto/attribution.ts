import { intervalsOf, type Effects } from '../effects.ts';
import { absentees, key } from '../masks.ts';
import { studentReach } from '../student.ts';
import type { Attribution, Interaction, Mask, Values } from '../types.ts';
import { usable } from '../usable.ts';
import { columnOf } from '../vectors.ts';
import { confirmed, jointAblation } from './ablation.ts';
import { fitEnsemble, type Ensemble, type ScreenedPair } from './ensemble.ts';
import { fitFewUnits } from './fewunits.ts';
import { FEW_UNITS } from './limits.ts';

/** A mask that lacks no more units than this proves a unit or a pair; half masks of more than 8 units lack more. */
export const ABLATED = 2;
/** Fewer half masks than this are no regression. */
const LEAST_ROWS = 4;
/** Interactions below this share of the largest effect are left out. */
const NOTABLE = 0.05;
/** A score this share of all scores outside its interval is there by rounding. */
const ROUNDING = 1e-4;

/** One target's attribution, and what the rounds of `auto` decide by. */
export interface Fitted {
  attribution: Attribution;
  /** Clear of 0 at the asked confidence among all that were screened, strongest first. Not yet proved. */
  pairs: ScreenedPair[];
  effects: Effects | null;
}

/** Fits one column of values: few units by least squares, more by the ensemble on the half masks among `masks`. */
export function fitColumn(n: number, masks: readonly Mask[], values: Values, column: number, confidence: number): Fitted {
  const half = (mask: Mask): boolean => absentees(mask).length > ABLATED;
  const drawn = masks.flatMap((mask, row) => (n > FEW_UNITS && half(mask) ? [row] : []));
  const rows = usable(drawn.map((row) => masks[row] as Mask), drawn.map((row) => values[row] as Float64Array), column);
  if (rows.y.length < LEAST_ROWS) {
    const only = Array.from(columnOf(values, column), (value) => Float64Array.of(value));
    return { attribution: fitFewUnits(n, masks, only, 1)[0] as Attribution, pairs: [], effects: null };
  }
  const ensemble = fitEnsemble(rows.masks, rows.y);
  const pairs = clearPairs(n, ensemble, confidence);
  const seen = new Map(masks.map((mask, row) => [key(mask), values[row]?.[column] ?? Number.NaN]));
  const interactions = pairs.flatMap(({ pair, effect }): Interaction[] => {
    const ablation = jointAblation(n, pair, seen);
    return ablation === null ? [] : [confirmed(pair, effect, ablation)];
  });
  const scores = ensemble.main.slice();
  const attribution: Attribution = { scores, intercept: 0, interactions };
  if (ensemble.effects) attribution.intervals = fitInside(scores, intervalsOf(ensemble.effects, n, confidence));
  const atFull = scores.reduce((sum, score) => sum + score / 2, ensemble.centre);
  attribution.intercept = interactions.reduce((sum, { score }) => sum + score / 4, atFull);
  for (const unit of rows.lost) {
    scores[unit] = Number.NaN;
    if (attribution.intervals) attribution.intervals[unit] = [Number.NaN, Number.NaN];
  }
  return { attribution, pairs, effects: ensemble.effects };
}

/** Moves scores that shrinkage took out of their interval to its nearer end; exact fits are left exact. */
function fitInside(scores: Float64Array, intervals: [number, number][]): [number, number][] {
  const scale = ROUNDING * scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  return intervals.map(([low, high], i) => {
    const score = scores[i] as number;
    if (score >= low - scale && score <= high + scale) return [Math.min(low, score), Math.max(high, score)];
    scores[i] = Math.min(high, Math.max(low, score));
    return [low, high];
  });
}

/** Pairs whose unbiased effect is clear of 0 for all screened pairs at once, and that the ensemble keeps. */
function clearPairs(n: number, { main, pairs, effects }: Ensemble, confidence: number): ScreenedPair[] {
  if (!effects || pairs.length === 0) return [];
  const reach = studentReach(1 - (1 - confidence) / pairs.length, effects.contributions.length - 1);
  const largest = Math.max(...main.map(Math.abs), ...pairs.map(({ effect }) => Math.abs(effect)));
  return pairs.filter(({ effect }, at) => {
    // Estimates are of the columns 2·zᵢzⱼ: half the effect, which does not change their ratio.
    const ratio = (effects.estimates[n + at] as number) / (effects.errors[n + at] as number);
    return ratio * Math.sign(effect) > reach && Math.abs(effect) > NOTABLE * largest;
  }).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}
