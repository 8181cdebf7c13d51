import { LIMIT } from './steps.ts';

/**
 * Average height of a curve over the first fifth of the text: its area by the trapezoid rule, the curve being cut at
 * the limit by interpolation, over the width. In the unit of the values; the continuous form of the AOPC, which is the
 * mean drop over the first steps (Samek et al. 2017, IEEE TNNLS 28). `shares` rise strictly from 0 to 1. NaN where a
 * height that it needs is NaN.
 */
export function averageHeight(shares: readonly number[], heights: readonly number[]): number {
  let area = 0;
  for (let at = 1; at < shares.length; at += 1) {
    const [left, right] = [shares[at - 1] as number, shares[at] as number];
    const [low, high] = [heights[at - 1] as number, heights[at] as number];
    if (left >= LIMIT) break;
    const end = Math.min(right, LIMIT);
    const cut = low + ((high - low) * (end - left)) / (right - left);
    area += ((low + cut) / 2) * (end - left);
  }
  return area / LIMIT;
}
