import { effects, intervalsOf, type Effects } from '../effects.ts';

/**
 * The effects of every feature, estimated from the rows in which it was drawn independently of the others: from row
 * `since[feature]` on. Features with the same beginning share one object; null where the rows are too few.
 */
export function marginals(
  rows: readonly Float64Array[],
  since: readonly number[],
  coefficients: (row: number) => Float64Array,
  residuals: Float64Array,
): (Effects | null)[] {
  const from = new Map<number, Effects | null>();
  return since.map((start) => {
    if (!from.has(start)) {
      const later = (row: number): Float64Array => coefficients(start + row);
      from.set(start, effects(rows.slice(start), later, residuals.subarray(start)));
    }
    return from.get(start) ?? null;
  });
}

/** The interval of each of the first `size` features, [NaN, NaN] where there is none; null when no feature has one. */
export function marginalIntervals(
  found: readonly (Effects | null)[],
  size: number,
  confidence: number,
): [number, number][] | null {
  const known = new Map<Effects, [number, number][]>();
  const own = found.slice(0, size);
  if (own.every((one) => one === null)) return null;
  return own.map((one, i): [number, number] => {
    if (one === null) return [Number.NaN, Number.NaN];
    const intervals = known.get(one) ?? intervalsOf(one, size, confidence);
    known.set(one, intervals);
    return intervals[i] as [number, number];
  });
}
