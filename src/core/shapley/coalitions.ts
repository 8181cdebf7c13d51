import { empty } from '../masks.ts';
import type { Mask, Values } from '../types.ts';
import { createLedger } from './ledger.ts';

/** Every mask that an exact value over groups asks for, and where to find it. */
export interface Coalitions {
  groups: readonly (readonly number[])[];
  /** Distinct, the full mask first. */
  masks: readonly Mask[];
  /**
   * Per group: the row of "these other groups whole, and these of the group's own units" at outside·2^size + inside,
   * both read as bits; bit k of `outside` is the k-th of the other groups.
   */
  rows: readonly Int32Array[];
}

/**
 * Number of different masks: 2^G unions of whole groups, and for each group g with 2^(G−1) unions of others the
 * 2^|g| − 2 proper, non-empty parts of g. One group of n, or n groups of one: 2^n.
 */
export function coalitionCount(groups: readonly (readonly number[])[]): number {
  const others = 2 ** (groups.length - 1);
  return groups.reduce((sum, group) => sum + others * (2 ** group.length - 2), 2 ** groups.length);
}

/** Enumerates them. Meant for counts that a budget holds: the time is proportional to `coalitionCount`. */
export function coalitionsOf(n: number, groups: readonly (readonly number[])[]): Coalitions {
  const ledger = createLedger(n);
  const rows = groups.map((group, own) => {
    const others = groups.filter((_, at) => at !== own);
    const parts = 2 ** group.length;
    const table = new Int32Array(2 ** others.length * parts);
    for (let outside = 0; outside < 2 ** others.length; outside++) {
      const union = others.filter((_, at) => (outside >> at) & 1).flat();
      for (let inside = 0; inside < parts; inside++) {
        const mask = empty(n);
        for (const unit of union) mask[unit] = 1;
        group.forEach((unit, at) => (mask[unit] = (inside >> at) & 1));
        table[outside * parts + inside] = ledger.rowOf(mask);
      }
    }
    return table;
  });
  return { groups, masks: ledger.masks, rows };
}

/** Number of bits that are set. */
export function bits(word: number): number {
  let left = word;
  let count = 0;
  for (; left !== 0; left &= left - 1) count++;
  return count;
}

/**
 * The Owen value of each unit (Owen 1977, "Values of games with a priori unions"), which is the Shapley value when
 * there is one group: the mean over the number h of whole other groups present, of the mean over the number t of own
 * group members present, of the mean marginal v(H ∪ T ∪ i) − v(H ∪ T) at that (h, t).
 *
 * A marginal with a missing value is left out of its mean, so that one failed evaluation costs each unit one marginal;
 * a unit is NaN when one of its means has nothing left. Without missing values the result is exact.
 */
export function exactValues({ groups, rows }: Coalitions, values: Values, column: number, n: number): Float64Array {
  const scores = new Float64Array(n);
  groups.forEach((group, own) => {
    const table = rows[own] as Int32Array;
    const parts = 2 ** group.length;
    const known = Float64Array.from(table, (row) => values[row]?.[column] ?? Number.NaN);
    group.forEach((unit, at) => {
      const bit = 1 << at;
      const sums = new Float64Array(groups.length * group.length);
      const counts = new Float64Array(sums.length);
      for (let outside = 0; outside * parts < known.length; outside++) {
        const level = bits(outside) * group.length;
        for (let inside = 0; inside < parts; inside++) {
          if ((inside & bit) !== 0) continue;
          const marginal = (known[outside * parts + inside + bit] as number) - (known[outside * parts + inside] as number);
          if (Number.isNaN(marginal)) continue;
          const stratum = level + bits(inside);
          sums[stratum] = (sums[stratum] as number) + marginal;
          counts[stratum] = (counts[stratum] as number) + 1;
        }
      }
      scores[unit] = sums.reduce((total, sum, stratum) => total + sum / (counts[stratum] as number), 0) / sums.length;
    });
  });
  return scores;
}
