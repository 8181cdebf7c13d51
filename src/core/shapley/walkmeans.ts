import { mean } from '../statistics.ts';
import { studentReach } from '../student.ts';
import type { Attribution, Values } from '../types.ts';
import { FULL } from './ledger.ts';
import { overlaps } from './overlap.ts';
import { makeSpread, type Spread } from './spread.ts';
import type { Walk } from './walks.ts';

/** Fewer walks in which a unit always did the same prove nothing where other units did not. */
const FEW_WALKS = 4;
/** Differences of values below this share of the largest value are rounding. */
const ROUNDING = 1e-13;

/** The mean of what is there; NaN of two NaN. */
function either(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : (a + b) / 2;
}

interface Seen {
  /** Of the means of an order and its reverse, one per walk. */
  pairs: Spread;
  /** Of the marginals one by one, two per walk. */
  singles: Spread;
}

function watch(n: number, walks: readonly Walk[], at: (row: number | undefined) => number): Seen {
  const [pairs, singles] = [makeSpread(n), makeSpread(n)];
  for (const { order, forward, backward } of walks) {
    order.forEach((unit, k) => {
      const marginals = [at(forward[k + 1]) - at(forward[k]), at(backward[k]) - at(backward[k + 1])] as const;
      const seen = either(...marginals);
      if (Number.isNaN(seen)) return;
      pairs.add(unit, seen);
      for (const marginal of marginals) if (!Number.isNaN(marginal)) singles.add(unit, marginal);
    });
  }
  return { pairs, singles };
}

/**
 * Degrees of freedom, by Satterthwaite (1946), of (d·own + 2·single + pooled)/(d + 3) with d = w − 1 where all marginals
 * have the same variance and are independent: d·own is then σ²χ²_d, and (2w − 1)·single = d·own + σ²χ²_w. Rounded up,
 * since the approximation is cautious where degrees are few.
 */
function degreesOf(walks: number): number {
  const d = walks - 1;
  const weight = 2 / (2 * walks - 1);
  return Math.ceil((d + 3) ** 2 / (d * (1 + weight) ** 2 + walks * weight ** 2));
}

function average(variances: readonly number[]): number {
  return mean(variances.filter((variance) => !Number.isNaN(variance)));
}

/**
 * Per column the mean over walks of a unit's marginal, an order and its reverse averaged first (Castro, Gómez and Tejada
 * 2009; antithetic orders: Mitchell, Cooper, Frank and Holmes 2022), with Student's t interval. The orders are
 * independent draws; what the values of shared masks have of noise is allowed for (`overlaps`), as if all the spread
 * were noise: cautious in small games without any.
 *
 * A few walks often agree by chance, and would claim a certainty that is not there. Beside a unit's own variance between
 * walks (d = w − 1 degrees of freedom) count, with the weight of fixed degrees as in a moderated t (Smyth 2004): twice
 * the variance that its 2w marginals would have without the pairing, which sees an effect of three units that w equal
 * pair means hide; and once the own variance of all units, which steadies it where all are equally noisy.
 *
 * A marginal with a missing value (NaN, or a row that has not been asked yet) is left out. A unit without any is NaN. No
 * interval has a unit with a single walk, and one whose marginals were all equal in fewer than four walks while other
 * units' were not: nothing tells whether it never varies or was not seen to. When no unit has two walks there are none.
 */
export function walkMeans(n: number, walks: readonly Walk[], values: Values, columns: number, confidence: number): Attribution[] {
  const reaches = new Map<number, number>();
  const reach = (walked: number): number => {
    const known = reaches.get(walked) ?? studentReach(confidence, degreesOf(walked));
    reaches.set(walked, known);
    return known;
  };
  return Array.from({ length: columns }, (_, column): Attribution => {
    const at = (row: number | undefined): number => values[row ?? -1]?.[column] ?? Number.NaN;
    const { pairs, singles } = watch(n, walks, at);
    const scores = pairs.means.map((score, unit) => (pairs.count[unit] === 0 ? Number.NaN : score));
    const intercept = at(FULL);
    const rounding = ROUNDING * values.reduce((most, row) => Math.max(most, Math.abs(row[column] ?? 0) || 0), 0);
    const units = [...scores.keys()];
    const own = units.map((unit) => pairs.variance(unit, rounding));
    // Of the mean of two marginals, were they independent.
    const single = units.map((unit) => singles.variance(unit, rounding) / 2);
    const pooled = average(own);
    if (Number.isNaN(pooled)) return { scores, intercept };
    const nothingVaries = single.every((variance) => !(variance > 0));
    const shared = overlaps(n, walks, (row) => !Number.isNaN(at(row)));
    const intervals = units.map((unit): readonly [number, number] => {
      const walked = pairs.count[unit] as number;
      const unproved = walked < FEW_WALKS && single[unit] === 0 && !nothingVaries;
      if (walked < 2 || unproved) return [Number.NaN, Number.NaN];
      const variance = ((walked - 1) * (own[unit] as number) + 2 * (single[unit] as number) + pooled) / (walked + 2);
      const half = reach(walked) * Math.sqrt(((shared[unit] as number) * variance) / walked);
      return [(scores[unit] as number) - half, (scores[unit] as number) + half];
    });
    return { scores, intervals, intercept };
  });
}
