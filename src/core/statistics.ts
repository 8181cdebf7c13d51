/** The mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** The variance with divisor length − `lost` (1 for a sample, 0 for a population). NaN when nothing is left to divide by. */
export function variance(values: ArrayLike<number>, lost = 1): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] as number) - centre) ** 2;
  return values.length > lost ? sum / (values.length - lost) : Number.NaN;
}

/** The p-quantile, 0 ≤ p ≤ 1, linear between the order statistics (type 7 of Hyndman and Fan 1996). NaN of nothing. */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const from = sorted[low] ?? Number.NaN;
  const to = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN;
  return at === low ? from : from + (at - low) * (to - from);
}

/** Ranks from 1, ties sharing the mean of the ranks they cover; all NaN where a value is, since then there is no order. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const out = new Float64Array(values.length);
  if (order.some((at) => Number.isNaN(values[at]))) return out.fill(Number.NaN);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let at = start; at < end; at++) out[order[at] as number] = (start + end + 1) / 2;
    start = end;
  }
  return out;
}

/** Pearson's correlation, in [−1, 1]; NaN when either side does not vary or has fewer than two numbers. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const centreX = mean(x);
  const centreY = mean(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] as number) - centreX;
    const dy = (y[i] as number) - centreY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Sums of a constant's rounding errors are no variation.
  if (!(xx > negligible(x)) || !(yy > negligible(y))) return Number.NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** Spearman's rank correlation, ties sharing their average rank; NaN as for `pearson`. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(ranks(x), ranks(y));
}

/** 1 − residual over total sum of squares: 1 is perfect, 0 no better than the mean. NaN when the seen values do not vary. */
export function r2(predicted: ArrayLike<number>, seen: ArrayLike<number>): number {
  const centre = mean(seen);
  let residual = 0;
  let total = 0;
  for (let i = 0; i < seen.length; i++) {
    residual += ((seen[i] as number) - (predicted[i] as number)) ** 2;
    total += ((seen[i] as number) - centre) ** 2;
  }
  return total > negligible(seen) ? 1 - residual / total : Number.NaN;
}

/** The sum of squares that rounding alone can make of equal numbers. */
function negligible(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] as number));
  return values.length * (largest * 1e-14) ** 2;
}
