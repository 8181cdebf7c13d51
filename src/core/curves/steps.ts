/** The share of the text up to which a curve's area counts (MExGen, arXiv 2403.14459). */
export const LIMIT = 0.2;

/** Up to so many units a curve has every step. */
const WHOLE = 64;
/** Steps of a thinned curve up to the limit, and beyond it (the last one, everything, among them). */
const HEAD = 32;
const TAIL = 32;
/** Steps that are never thinned: most of a ranking's worth shows in them. */
const FIRST = 8;

/** Share of the text in the first k units of the order, k = 0 … n. Strictly rising for positive weights; the last is 1. */
export function sharesOf(order: readonly number[], weights: ArrayLike<number>): number[] {
  const sums = [0];
  for (const at of order) sums.push((sums.at(-1) as number) + (weights[at] as number));
  const total = sums.at(-1) as number;
  return sums.map((sum) => sum / total);
}

/** The fewest first units that reach the limit: where the area is cut off lies on the step to them. */
export function crossing(shares: readonly number[]): number {
  return shares.findIndex((share) => share >= LIMIT);
}

/** `count` numbers spread evenly over from … to, both ends included; all of them where they are no more. */
function spread(from: number, to: number, count: number): number[] {
  const length = to - from + 1;
  if (length <= count) return Array.from({ length: Math.max(0, length) }, (_, i) => from + i);
  return Array.from({ length: count }, (_, i) => from + Math.round((i * (length - 1)) / (count - 1)));
}

/** Numbers of units after which a curve is looked at up to the limit, 0 first; the last one is the crossing. */
export function headSteps(shares: readonly number[]): number[] {
  const last = crossing(shares);
  const thinned = shares.length - 1 > WHOLE && last > HEAD;
  const rest = thinned ? spread(FIRST + 1, last, HEAD - FIRST) : spread(FIRST + 1, last, Infinity);
  return [0, ...spread(1, Math.min(FIRST, last), Infinity), ...rest];
}

/** Numbers of units after which a whole curve is looked at: 0 … n, thinned where n is above 64. */
export function curveSteps(shares: readonly number[]): number[] {
  const n = shares.length - 1;
  const head = headSteps(shares);
  const tail = spread((head.at(-1) as number) + 1, n, n > WHOLE ? TAIL : Infinity);
  return [...head, ...tail];
}

/** The most steps strictly between nothing and everything that `headSteps` gives for any order. */
export function mostHeadSteps(weights: ArrayLike<number>): number {
  // the lightest units first take the most steps to the limit
  const lightest = Array.from({ length: weights.length }, (_, at) => at).sort((a, b) => (weights[a] as number) - (weights[b] as number));
  const last = Math.min(crossing(sharesOf(lightest, weights)), weights.length - 1);
  return weights.length > WHOLE ? Math.min(last, HEAD) : last;
}

/** The same for `curveSteps`. */
export function mostCurveSteps(n: number): number {
  return Math.min(n - 1, HEAD + TAIL - 1);
}
