import { subsetsOfSize } from './masks.ts';

/** One term of a local Shapley sum: coefficient·[v(1 without `without`) − v(1 without `without` and the unit)]. */
export interface Term {
  unit: number;
  /** Units taken away on both sides, ascending. */
  without: readonly number[];
  coefficient: number;
}

/** Up to `reach` units on each side of a unit, clipped at the ends. */
export function neighbours(n: number, unit: number, reach: number): number[] {
  const near: number[] = [];
  for (let i = Math.max(0, unit - reach); i <= Math.min(n - 1, unit + reach); i++) if (i !== unit) near.push(i);
  return near;
}

/**
 * The terms of L-SHAP for one unit: each subset S of its neighbourhood N with |S| = k ≤ K weighs
 * 1/(sizes·C(|N|, k)). With `shrink`, sizes = K + 1 even where |N| < K leaves fewer sizes to average (IBM's formula);
 * without, sizes = min(K, |N|) + 1, so that a unit with no neighbour gets its whole effect.
 */
export function* terms(n: number, unit: number, reach: number, most: number, shrink: boolean): Generator<Term, void, undefined> {
  const near = neighbours(n, unit, reach);
  const largest = Math.min(most, near.length);
  const sizes = (shrink ? most : largest) + 1;
  for (let k = 0; k <= largest; k++) {
    const subsets = [...subsetsOfSize(near.length, k)];
    for (const subset of subsets) {
      yield { unit, without: subset.map((at) => near[at] as number), coefficient: 1 / (sizes * subsets.length) };
    }
  }
}
