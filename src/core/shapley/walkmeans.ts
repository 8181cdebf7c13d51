import { studentReach } from '../student.ts';
import type { Attribution, Values } from '../types.ts';
import { FULL } from './ledger.ts';
import type { Walk } from './walks.ts';

/** Running mean and sum of squared deviations of one unit (Welford 1962). */
interface Moments {
  count: Float64Array;
  mean: Float64Array;
  squares: Float64Array;
}

/** The mean of what is there; NaN of two NaN. */
function either(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : (a + b) / 2;
}

function moments(n: number, walks: readonly Walk[], at: (row: number | undefined) => number): Moments {
  const count = new Float64Array(n);
  const mean = new Float64Array(n);
  const squares = new Float64Array(n);
  for (const { order, forward, backward } of walks) {
    order.forEach((unit, k) => {
      const seen = either(at(forward[k + 1]) - at(forward[k]), at(backward[k]) - at(backward[k + 1]));
      if (Number.isNaN(seen)) return;
      const walked = (count[unit] as number) + 1;
      const step = seen - (mean[unit] as number);
      const centre = (mean[unit] as number) + step / walked;
      count[unit] = walked;
      mean[unit] = centre;
      squares[unit] = (squares[unit] as number) + step * (seen - centre);
    });
  }
  return { count, mean, squares };
}

/**
 * Per column the mean over walks of a unit's marginal, an order and its reverse averaged first, with Student's t
 * interval at 95 % from the spread between walks (Castro, Gómez and Tejada 2009; antithetic orders: Mitchell, Cooper,
 * Frank and Holmes 2022). The walks are independent draws, so the interval speaks of the choice of orders and of the
 * noise that differs between them.
 *
 * A marginal with a missing value (NaN, or a row that has not been asked yet) is left out. A unit without any is NaN,
 * one with a single walk has no interval, and when no unit has one there are none at all.
 */
export function walkMeans(n: number, walks: readonly Walk[], values: Values, columns: number): Attribution[] {
  const reaches = new Map<number, number>();
  const reach = (degrees: number): number => {
    const known = reaches.get(degrees) ?? studentReach(0.95, degrees);
    reaches.set(degrees, known);
    return known;
  };
  return Array.from({ length: columns }, (_, column): Attribution => {
    const at = (row: number | undefined): number => values[row ?? -1]?.[column] ?? Number.NaN;
    const { count, mean, squares } = moments(n, walks, at);
    const scores = mean.map((score, unit) => (count[unit] === 0 ? Number.NaN : score));
    const intercept = at(FULL);
    if (count.every((walked) => walked < 2)) return { scores, intercept };
    const intervals = Array.from(count, (walked, unit): readonly [number, number] => {
      if (walked < 2) return [Number.NaN, Number.NaN];
      const half = reach(walked - 1) * Math.sqrt((squares[unit] as number) / (walked - 1) / walked);
      return [(scores[unit] as number) - half, (scores[unit] as number) + half];
    });
    return { scores, intervals, intercept };
  });
}
