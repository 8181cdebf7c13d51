/**
 * Positions by score, the highest first; ties by position. A unit without a score (NaN) comes last: nothing speaks for
 * taking it away early. The reverse baseline is this order backwards, so its masks are those of the opposite curve.
 */
export function byScore(scores: ArrayLike<number>): number[] {
  const rank = (at: number) => (Number.isNaN(scores[at]) ? -Infinity : (scores[at] as number));
  // not a difference: two infinite scores would make it NaN
  return Array.from({ length: scores.length }, (_, at) => at).sort((a, b) => Number(rank(b) > rank(a)) - Number(rank(b) < rank(a)));
}
