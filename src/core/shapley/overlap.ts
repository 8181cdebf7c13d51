import type { Walk } from './walks.ts';

/**
 * How much larger the variance of each unit's mean over walks is than walks without common masks would have it, where
 * every value has an independent error: walks share the full and the empty mask, and in small games many more, and the
 * error of a shared value is not averaged out, nor does it show as a spread between walks.
 *
 * With a_k the coefficients of the values in walk k's marginal (each marginal of an order and its reverse half) and ā
 * their mean, the variance of the mean is σ²‖ā‖², and what w walks' variance over w makes of it σ²(mean‖a_k‖² −
 * ‖ā‖²)/(w − 1). The result is their ratio, from 1 to w.
 * @param known whether a row's value is there; a marginal that lacks one is left out
 */
export function overlaps(n: number, walks: readonly Walk[], known: (row: number) => boolean): Float64Array {
  const sums = Array.from({ length: n }, () => new Map<number, number>());
  const squares = new Float64Array(n);
  const walked = new Float64Array(n);
  for (const { order, forward, backward } of walks) {
    order.forEach((unit, k) => {
      const ends = [[forward[k + 1], forward[k]], [backward[k], backward[k + 1]]] as [number, number][];
      const there = ends.filter(([more, less]) => known(more) && known(less));
      if (there.length === 0) return;
      const own = new Map<number, number>();
      for (const [more, less] of there) {
        own.set(more, (own.get(more) ?? 0) + 1 / there.length);
        own.set(less, (own.get(less) ?? 0) - 1 / there.length);
      }
      const total = sums[unit] as Map<number, number>;
      for (const [row, share] of own) {
        total.set(row, (total.get(row) ?? 0) + share);
        squares[unit] = (squares[unit] as number) + share * share;
      }
      walked[unit] = (walked[unit] as number) + 1;
    });
  }
  return walked.map((w, unit) => {
    let joint = 0;
    for (const sum of (sums[unit] as Map<number, number>).values()) joint += (sum / w) ** 2;
    const apart = (squares[unit] as number) / w - joint;
    return w < 2 ? 1 : Math.min(w, Math.max(1, (joint * (w - 1)) / apart));
  });
}
