import { key } from './masks.ts';
import { mean, variance } from './statistics.ts';
import { studentReach } from './student.ts';
import type { Attribution, Mask, Values } from './types.ts';

/** Beyond this Student's t is the normal distribution to three digits. */
const MANY = 1000;

/**
 * Banzhaf values per column by maximum sample reuse (Wang and Jia 2023, section 4): the mean value of the masks with a
 * unit less that of the masks without it, with Welch's interval at 95 %. The masks are taken for half masks. When they
 * are all 2^n masks the result is exact and has no intervals.
 *
 * The intercept is that of the least-squares line with these slopes, mean + Σ φ_i·(1 − share of masks with i): Banzhaf
 * values are its slopes over all masks (Hammer and Holzman 1992). Rows with a missing value are dropped (of all 2^n
 * masks, the marginals with one); a unit that was always or never there in the rest is NaN.
 */
export function banzhafFit(n: number, masks: readonly Mask[], values: Values, columns: number): Attribution[] {
  const partners = n <= 20 && masks.length >= 2 ** n ? new Map(masks.map((mask, row) => [key(mask), row])) : null;
  return Array.from({ length: columns }, (_, column): Attribution => {
    const at = (row: number): number => values[row]?.[column] ?? Number.NaN;
    const rows = masks.flatMap((_mask, row) => (Number.isNaN(at(row)) ? [] : [row]));
    const split = (unit: number, bit: number): number[] => rows.flatMap((row) => (masks[row]?.[unit] === bit ? [at(row)] : []));
    if (partners?.size === 2 ** n) {
      const scores = Float64Array.from({ length: n }, (__, unit) => meanMarginal(masks, partners, unit, at));
      return { scores, intercept: intercept(masks, rows, scores, at) };
    }
    const contrasts = Array.from({ length: n }, (__, unit) => welch(split(unit, 1), split(unit, 0)));
    const scores = Float64Array.from(contrasts, ({ difference }) => difference);
    const intervals = contrasts.map(({ difference, half }): readonly [number, number] => [difference - half, difference + half]);
    return { scores, intervals, intercept: intercept(masks, rows, scores, at) };
  });
}

function meanMarginal(masks: readonly Mask[], partners: ReadonlyMap<string, number>, unit: number, at: (row: number) => number): number {
  const marginals = masks.flatMap((mask, row) => {
    if (mask[unit] === 0) return [];
    const less = mask.slice();
    less[unit] = 0;
    const marginal = at(row) - at(partners.get(key(less)) ?? -1);
    return Number.isNaN(marginal) ? [] : [marginal];
  });
  return mean(marginals);
}

/** Difference of two means and the half-width of its 95 % interval, NaN where there is nothing to tell it by (Welch 1947). */
function welch(present: readonly number[], absent: readonly number[]): { difference: number; half: number } {
  const difference = mean(present) - mean(absent);
  const a = variance(present) / present.length;
  const b = variance(absent) / absent.length;
  if (a + b === 0) return { difference, half: 0 };
  const freedom = (a + b) ** 2 / (a ** 2 / (present.length - 1) + b ** 2 / (absent.length - 1));
  if (Number.isNaN(freedom)) return { difference, half: Number.NaN };
  return { difference, half: studentReach(0.95, Math.min(MANY, freedom)) * Math.sqrt(a + b) };
}

function intercept(masks: readonly Mask[], rows: readonly number[], scores: Float64Array, at: (row: number) => number): number {
  const rise = scores.reduce((sum, score, unit) => {
    const share = rows.reduce((count, row) => count + (masks[row]?.[unit] ?? 0), 0) / rows.length;
    return Number.isNaN(score) ? sum : sum + score * (1 - share);
  }, 0);
  return mean(rows.map(at)) + rise;
}
