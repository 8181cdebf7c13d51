import type { Interaction, Values } from '../types.ts';
import { bits, type Coalitions } from './coalitions.ts';
import { readingOf } from './reading.ts';

/** Pairs shown at most. */
const SHOWN = 20;
/** Pairs below this share of the largest score of a unit or pair are not worth a line. */
const NEGLIGIBLE = 0.01;

/**
 * The Shapley interaction index of two units (Grabisch and Roubens 1999): the mean over sizes 0 … n − 2 of the mean
 * over sets S of that size without i and j of v(S+i+j) − v(S+i) − v(S+j) + v(S). Negative where one can stand in for
 * the other. Differences with a missing value are left out; NaN when a size has none left.
 */
function index(known: Float64Array, n: number, i: number, j: number): number {
  const sums = new Float64Array(n - 1);
  const counts = new Float64Array(n - 1);
  const first = 1 << i;
  const second = 1 << j;
  for (let set = 0; set < known.length; set++) {
    if ((set & (first | second)) !== 0) continue;
    const both = known[set + first + second] as number;
    const difference = both - (known[set + first] as number) - (known[set + second] as number) + (known[set] as number);
    if (Number.isNaN(difference)) continue;
    const size = bits(set);
    sums[size] = (sums[size] as number) + difference;
    counts[size] = (counts[size] as number) + 1;
  }
  return sums.reduce((total, sum, size) => total + sum / (counts[size] as number), 0) / sums.length;
}

/**
 * The pairs of a full enumeration (one group of n units) that matter, the largest |score| first and at most 20, each
 * read from its own joint ablation. A pair whose score or ablation is not known is left out.
 * @param scores the units' Shapley values, for what is negligible
 */
export function shapleyInteractions({ rows }: Coalitions, values: Values, column: number, scores: Float64Array): Interaction[] {
  const n = scores.length;
  const known = Float64Array.from(rows[0] ?? [], (row) => values[row]?.[column] ?? Number.NaN);
  const everyone = known.length - 1;
  const at = (absent: number): number => known[everyone - absent] as number;
  const pairs: Interaction[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const score = index(known, n, i, j);
      const reading = readingOf({ full: at(0), first: at(1 << i), second: at(1 << j), neither: at((1 << i) + (1 << j)) });
      if (!Number.isNaN(score) && reading) pairs.push({ units: [i, j], score, reading });
    }
  }
  const sizes = [...scores, ...pairs.map((pair) => pair.score)].map(Math.abs);
  const largest = sizes.reduce((most, size) => (size > most ? size : most), 0);
  return pairs
    .filter(({ score }) => Math.abs(score) > NEGLIGIBLE * largest)
    .toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, SHOWN);
}
