import { leastSquares } from '../linear.ts';
import { key } from '../masks.ts';
import type { Attribution, Interaction, Mask, Values } from '../types.ts';
import { usable } from '../usable.ts';
import { columnOf } from '../vectors.ts';
import { confirmed, jointAblation } from './ablation.ts';
import { withProducts, type Pair } from './pairs.ts';

/** Interactions smaller than this share of the largest coefficient are left out. */
const NOTABLE = 0.05;
/** Interactions within so many standard errors of 0 are left out, where errors are known. */
const CLEAR = 3;
/** Masks beyond those that determine the effects from which on what is left over tells of errors: one more may as well be a joint effect of three. */
const TELLING = 2;

/** All pairs of n units. */
export function everyPair(n: number): Pair[] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n - 1 - i }, (__, at): Pair => [i, i + 1 + at])).flat();
}

/** Evaluations that determine the effects of n units and all their pairs. */
export function quadraticSize(n: number): number {
  return 1 + n + (n * (n - 1)) / 2;
}

/**
 * Few units: least squares on units and, where there are enough masks, all their pairs, with z = ±½. Over all 2^n masks
 * these are the Banzhaf values and interactions exactly; on the full mask and what lacks one unit, leave-one-out.
 * Only notable interactions are kept whose joint ablation was evaluated. Exact designs have no intervals.
 */
export function fitFewUnits(n: number, masks: readonly Mask[], values: Values, columns: number): Attribution[] {
  const distinct = [...new Map(masks.map((mask, row) => [key(mask), row])).values()];
  const asked = distinct.map((row) => masks[row] as Mask);
  const seen = distinct.map((row) => values[row] as Float64Array);
  return Array.from({ length: columns }, (_, column) => fitOne(n, asked, columnOf(seen, column)));
}

function fitOne(n: number, masks: readonly Mask[], seen: Float64Array): Attribution {
  const rows = Array.from(seen, (value) => Float64Array.of(value));
  // A unit that failed whenever it was away takes its pairs along, which would pass for effects of the others.
  const lost = new Set(usable(masks, rows, 0).lost);
  const paired = masks.length >= quadraticSize(n);
  const pairs = paired ? everyPair(n).filter((pair) => !pair.some((unit) => lost.has(unit))) : [];
  const z = masks.map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const [fit] = leastSquares(withProducts(z, pairs), rows, 1);
  if (!fit) throw new Error('a column without a fit');
  const { coefficients, intercept, errors } = fit;
  const scores = coefficients.slice(0, n);
  const told = masks.length >= 1 + n + pairs.length + TELLING;
  const byMask = new Map(masks.map((mask, row) => [key(mask), seen[row] as number]));
  const largest = coefficients.reduce((most, value) => Math.max(most, Number.isNaN(value) ? 0 : Math.abs(value)), 0);
  const interactions = pairs.flatMap((pair, at): Interaction[] => {
    // The column is 2·zᵢzⱼ.
    const effect = 2 * (coefficients[n + at] as number);
    const least = Math.max(NOTABLE * largest, told ? 2 * CLEAR * (errors?.[n + at] ?? 0) : 0);
    const ablation = Math.abs(effect) > least ? jointAblation(n, pair, byMask) : null;
    return ablation === null ? [] : [confirmed(pair, effect, ablation)];
  });
  // A lost unit was there in every row that was fitted: the intercept has its effect already.
  const atFull = scores.reduce((sum, score) => sum + (Number.isNaN(score) ? 0 : score / 2), intercept);
  if (!paired) return { scores, intercept: atFull };
  return { scores, intercept: interactions.reduce((sum, { score }) => sum + score / 4, atFull), interactions };
}
