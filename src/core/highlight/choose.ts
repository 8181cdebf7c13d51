import { byScore } from '../curves/order.ts';
import { full } from '../masks.ts';
import { type Rng, sampleWithoutReplacement } from '../rng.ts';
import type { Attribution, Mask } from '../types.ts';

/** What rounding can make of a score, as a share of the largest number beside it. */
const ROUNDING = 1e-9;
/** A unit that is worth less than this share of the most compliant one does not drive anything. */
const NOTABLE = 0.05;

/** How many units are highlighted at most. */
export function mostHighlighted(n: number, alpha: number): number {
  // 0.29 · 100 is 28.999… in floating point
  return Math.max(1, Math.floor(alpha * n + ROUNDING));
}

/**
 * The units that speak most for compliance: the share `alpha` of them with the highest scores, without those whose score
 * is a small share of the highest, not positive, or cannot be told from zero. Positions, the highest first.
 */
export function highlighted({ scores, intervals, intercept }: Attribution, alpha: number): number[] {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score) || 0), Math.abs(intercept) || 0);
  const most = scores.reduce((sofar, score) => Math.max(sofar, score || 0), 0);
  const least = Math.max(ROUNDING * largest, NOTABLE * most);
  const counts = (at: number): boolean => (scores[at] as number) > least && !((intervals?.[at]?.[0] ?? Infinity) <= ROUNDING * largest);
  return byScore(scores).slice(0, mostHighlighted(scores.length, alpha)).filter(counts);
}

/** Everything but these. */
export function lacking(n: number, units: readonly number[]): Mask {
  const mask = full(n);
  for (const unit of units) mask[unit] = 0;
  return mask;
}

/**
 * Masks that lack as many units as are highlighted, each drawn anew, so that answers to them are a sample of what taking
 * away so many does by itself. Drawn from the units that are not highlighted; where those are too few, from all.
 * @returns [] where nothing is highlighted or everything is
 */
export function randomRemovals(n: number, chosen: readonly number[], count: number, rng: Rng): Mask[] {
  const k = chosen.length;
  if (k === 0 || k === n) return [];
  const others = Array.from({ length: n }, (_, at) => at).filter((at) => !chosen.includes(at));
  const pool = others.length >= k ? others : Array.from({ length: n }, (_, at) => at);
  return Array.from({ length: count }, () => lacking(n, sampleWithoutReplacement(pool.length, k, rng).map((at) => pool[at] as number)));
}
