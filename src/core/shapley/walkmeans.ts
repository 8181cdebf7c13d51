import { mean } from '../statistics.ts';
import { studentReach } from '../student.ts';
import type { Attribution, Values } from '../types.ts';
import { FULL } from './ledger.ts';
import type { Walk } from './walks.ts';

/** Running mean and sum of squared deviations of one unit (Welford 1962). */
interface Moments {
  count: Float64Array;
  means: Float64Array;
  squares: Float64Array;
}

/** The mean of what is there; NaN of two NaN. */
function either(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : (a + b) / 2;
}

function moments(n: number, walks: readonly Walk[], at: (row: number | undefined) => number): Moments {
  const count = new Float64Array(n);
  const means = new Float64Array(n);
  const squares = new Float64Array(n);
  for (const { order, forward, backward } of walks) {
    order.forEach((unit, k) => {
      const seen = either(at(forward[k + 1]) - at(forward[k]), at(backward[k]) - at(backward[k + 1]));
      if (Number.isNaN(seen)) return;
      const walked = (count[unit] as number) + 1;
      const step = seen - (means[unit] as number);
      const centre = (means[unit] as number) + step / walked;
      count[unit] = walked;
      means[unit] = centre;
      squares[unit] = (squares[unit] as number) + step * (seen - centre);
    });
  }
  return { count, means, squares };
}

/** The variance between walks, averaged over the units that have one; NaN when none has. */
function pooledVariance(count: Float64Array, squares: Float64Array): number {
  return mean([...squares].flatMap((square, unit) => {
    const walked = count[unit] as number;
    return walked > 1 ? [square / (walked - 1)] : [];
  }));
}

/**
 * Per column the mean over walks of a unit's marginal, an order and its reverse averaged first (Castro, Gómez and Tejada
 * 2009; antithetic orders: Mitchell, Cooper, Frank and Holmes 2022), with Student's t interval from the standard error
 * between walks. The walks are independent draws, so the interval speaks of the choice of orders and of the noise that
 * differs between them.
 *
 * A few walks often agree by chance, and would claim a certainty that is not there: the variance of all units counts
 * beside a unit's own with one degree of freedom (a moderated t, Smyth 2004, with that prior fixed). For w walks,
 * variance = ((w − 1)·own + pooled)/w, with w degrees of freedom.
 *
 * A marginal with a missing value (NaN, or a row that has not been asked yet) is left out. A unit without any is NaN,
 * one with a single walk has no interval, and when no unit has one there are none at all.
 */
export function walkMeans(n: number, walks: readonly Walk[], values: Values, columns: number, confidence: number): Attribution[] {
  const reaches = new Map<number, number>();
  const reach = (degrees: number): number => {
    const known = reaches.get(degrees) ?? studentReach(confidence, degrees);
    reaches.set(degrees, known);
    return known;
  };
  return Array.from({ length: columns }, (_, column): Attribution => {
    const at = (row: number | undefined): number => values[row ?? -1]?.[column] ?? Number.NaN;
    const { count, means, squares } = moments(n, walks, at);
    const scores = means.map((score, unit) => (count[unit] === 0 ? Number.NaN : score));
    const intercept = at(FULL);
    const pooled = pooledVariance(count, squares);
    if (Number.isNaN(pooled)) return { scores, intercept };
    const intervals = Array.from(count, (walked, unit): readonly [number, number] => {
      if (walked < 2) return [Number.NaN, Number.NaN];
      const half = reach(walked) * Math.sqrt(((squares[unit] as number) + pooled) / walked / walked);
      return [(scores[unit] as number) - half, (scores[unit] as number) + half];
    });
    return { scores, intervals, intercept };
  });
}
