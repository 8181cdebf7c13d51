import { room } from '../kernel/heap.ts';

/** Positions of two units, the smaller first. */
export type Pair = readonly [number, number];

/** Units whose pairs are looked at: an effect of two is looked for only where each has an effect of its own (heredity). */
const SCREENED = 8;

/** All pairs of the units with the largest effects; units without any are left out. */
export function screenPairs(effects: Float64Array): Pair[] {
  const size = (i: number): number => Math.abs(effects[i] as number);
  const ranked = [...effects.keys()].filter((i) => size(i) > 0).sort((i, j) => size(j) - size(i));
  const largest = ranked.slice(0, SCREENED).sort((i, j) => i - j);
  return largest.flatMap((i, at) => largest.slice(at + 1).map((j): Pair => [i, j]));
}

/**
 * Rows z = ±½ with a column 2·zᵢzⱼ for every pair: ±½ as well, so that units and pairs meet the same prior. The
 * coefficient of such a column is half the interaction Δ of Δ·zᵢzⱼ.
 */
export function withProducts(z: readonly Float64Array[], pairs: readonly Pair[]): Float64Array[] {
  return z.map((row) => {
    const wide = room(row.length + pairs.length);
    wide.set(row);
    pairs.forEach(([i, j], at) => (wide[row.length + at] = 2 * (row[i] as number) * (row[j] as number)));
    return wide;
  });
}
