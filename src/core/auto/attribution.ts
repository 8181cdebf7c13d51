import { absentees, key } from '../masks.ts';
import { intervalsOf } from '../effects.ts';
import { studentReach } from '../student.ts';
import type { Attribution, Interaction, Mask, Values } from '../types.ts';
import { usable } from '../usable.ts';
import { columnOf } from '../vectors.ts';
import { confirmed, jointAblation } from './ablation.ts';
import { fitEnsemble, type Ensemble, type ScreenedPair } from './ensemble.ts';
import { fitFewUnits } from './fewunits.ts';
import { kinOf } from './kin.ts';
import { FEW_UNITS } from './limits.ts';
import type { Evidence } from './settled.ts';

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
  /** null where there were too few half masks. */
  evidence: Evidence | null;
}

/** What is fitted: as much of a game as a regression needs to know. */
export interface Shape {
  n: number;
  parents?: Int32Array;
}

/**
 * Fits one column of values: few units by least squares, more by the ensemble on the half masks among `masks`.
 * @param coarse how many of the first masks are of a coarser game (Game.coarse)
 */
export function fitColumn(shape: Shape, masks: readonly Mask[], values: Values, column: number, confidence: number, coarse = 0): Fitted {
  const { n, parents } = shape;
  const half = (mask: Mask): boolean => absentees(mask).length > ABLATED;
  const drawn = masks.flatMap((mask, row) => (n > FEW_UNITS && half(mask) ? [row] : []));
  const early = drawn.filter((row) => row < coarse).length;
  const rows = usable(drawn.map((row) => masks[row] as Mask), drawn.map((row) => values[row] as Float64Array), column, early);
  if (rows.y.length < LEAST_ROWS) {
    const only = Array.from(columnOf(values, column), (value) => Float64Array.of(value));
    return { attribution: fitFewUnits(n, masks, only, 1)[0] as Attribution, pairs: [], evidence: null };
  }
  const ensemble = fitEnsemble(rows.masks, rows.y, kinOf(n, parents), rows.coarse);
  const pairs = clearPairs(ensemble, confidence);
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
  return { attribution, pairs, evidence: ensemble.evidence };
}

/** Moves scores that shrinkage took out of their interval to its nearer end; exact fits are left exact, and no interval is. */
function fitInside(scores: Float64Array, intervals: [number, number][]): [number, number][] {
  const scale = ROUNDING * scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  return intervals.map(([low, high], i) => {
    const score = scores[i] as number;
    if (Number.isNaN(low)) return [low, high];
    if (score >= low - scale && score <= high + scale) return [Math.min(low, score), Math.max(high, score)];
    scores[i] = Math.min(high, Math.max(low, score));
    return [low, high];
  });
}

/** Pairs whose unbiased effect is clear of 0 for all screened pairs at once, and that the ensemble keeps. */
function clearPairs({ main, pairs, effects }: Ensemble, confidence: number): ScreenedPair[] {
  if (!effects) return [];
  const largest = Math.max(...main.map(Math.abs), ...pairs.map(({ effect }) => Math.abs(effect)));
  const reach = studentReach(1 - (1 - confidence) / pairs.length, effects.contributions.length - 1);
  return pairs.filter(({ effect }, at) => {
    // Estimates are of the columns 2·zᵢzⱼ: half the effect, which does not change their ratio.
    const ratio = (effects.estimates[main.length + at] as number) / (effects.errors[main.length + at] as number);
    return ratio * Math.sign(effect) > reach && Math.abs(effect) > NOTABLE * largest;
  }).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}
