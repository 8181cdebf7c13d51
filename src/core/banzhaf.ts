import { alikeChance } from './alike.ts';
import { key } from './masks.ts';
import { mean } from './statistics.ts';
import { studentReach } from './student.ts';
import type { Attribution, Mask, Values } from './types.ts';

/**
 * Banzhaf values per column by maximum sample reuse (Wang and Jia 2023, section 4): the mean value of the masks with a
 * unit less that of the masks without it, with Student's interval for two means. The masks are taken for half masks.
 * When they are all 2^n masks the result is exact and has no intervals.
 *
 * The intercept is that of the least-squares line with these slopes, mean + Σ φ_i·(1 − share of masks with i): Banzhaf
 * values are its slopes over all masks (Hammer and Holzman 1992). Rows with a missing value are dropped (of all 2^n
 * masks, the marginals with one); a unit that was always or never there in the rest is NaN.
 */
export function banzhafFit(
  n: number,
  masks: readonly Mask[],
  values: Values,
  columns: number,
  confidence: number,
): Attribution[] {
  const every = n <= 20 && masks.length >= 2 ** n ? new Map(masks.map((mask, row) => [key(mask), row])) : null;
  return Array.from({ length: columns }, (_, column): Attribution => {
    const at = (row: number): number => values[row]?.[column] ?? Number.NaN;
    const rows = masks.flatMap((_mask, row) => (Number.isNaN(at(row)) ? [] : [row]));
    const centre = mean(rows.map(at));
    const halves = Array.from({ length: n }, (__, unit) => split(masks, rows, unit, (row) => at(row) - centre));
    const complete = every !== null && every.size === 2 ** n;
    const scores = Float64Array.from(halves, ([absent, present], unit) => {
      return complete ? meanMarginal(masks, every, unit, at) : present.mean - absent.mean;
    });
    const intercept = halves.reduce((sum, [absent], unit) => {
      const score = scores[unit] as number;
      return Number.isNaN(score) ? sum : sum + (score * absent.count) / rows.length;
    }, centre);
    if (complete) return { scores, intercept };
    // Of few masks, a unit that came and went with the one that decides has no spread either.
    const varied = rows.some((row) => at(row) !== at(rows[0] as number));
    const doubtful = varied && alikeChance(n, rows.length) > 1 - confidence;
    const intervals = halves.map(([absent, present], unit): readonly [number, number] => {
      const reach = reachOf(absent, present, confidence);
      const half = reach === 0 && doubtful ? Number.NaN : reach;
      return [(scores[unit] as number) - half, (scores[unit] as number) + half];
    });
    return { scores, intervals, intercept };
  });
}

interface Half {
  count: number;
  mean: number;
  /** Sum of squared deviations from the mean. */
  spread: number;
}

/** The values of the masks without a unit, and of those with it. */
function split(masks: readonly Mask[], rows: readonly number[], unit: number, at: (row: number) => number): [Half, Half] {
  const counts = [0, 0];
  const sums = [0, 0];
  const squares = [0, 0];
  for (const row of rows) {
    const bit = masks[row]?.[unit] ?? 0;
    const value = at(row);
    counts[bit] = (counts[bit] as number) + 1;
    sums[bit] = (sums[bit] as number) + value;
    squares[bit] = (squares[bit] as number) + value * value;
  }
  const half = (bit: 0 | 1): Half => {
    const count = counts[bit] as number;
    const average = (sums[bit] as number) / count;
    const spread = Math.max(0, (squares[bit] as number) - count * average * average);
    return { count, mean: average, spread };
  };
  return [half(0), half(1)];
}

/**
 * Half-width of the interval of a difference of two means, with their variances pooled: of few masks either half may be
 * so small that its own variance is nothing by chance, and where the halves are about equal, as with half masks, unequal
 * variances hardly matter.
 */
function reachOf(a: Half, b: Half, confidence: number): number {
  const freedom = a.count + b.count - 2;
  if (a.count === 0 || b.count === 0 || freedom < 1) return Number.NaN;
  const error = ((a.spread + b.spread) / freedom) * (1 / a.count + 1 / b.count);
  return error === 0 ? 0 : studentReach(confidence, freedom) * Math.sqrt(error);
}

/** The mean of v(S + unit) − v(S) over all S, marginals with a missing value left out. */
function meanMarginal(
  masks: readonly Mask[],
  rowOf: ReadonlyMap<string, number>,
  unit: number,
  at: (row: number) => number,
): number {
  const marginals = masks.flatMap((mask, row) => {
    if (mask[unit] === 0) return [];
    const less = mask.slice();
    less[unit] = 0;
    const marginal = at(row) - at(rowOf.get(key(less)) ?? -1);
    return Number.isNaN(marginal) ? [] : [marginal];
  });
  return mean(marginals);
}
