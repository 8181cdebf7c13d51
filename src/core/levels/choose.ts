import type { Branch } from './branches.ts';
import type { Refine } from './levels.ts';

/** A target whose largest score is this share of the largest of all targets shows rounding, no effect. */
const NOTHING = 1e-9;

/**
 * The size of every unit's score, 0 to 1: its share of the largest score of the same target, and of all targets the
 * largest share, so that a unit that matters to any of them counts. Units without a score have 0.
 * @param scores [target][unit], NaN where there is none
 */
export function shares(scores: readonly Float64Array[]): Float64Array {
  const largest = scores.map((row) => row.reduce((most, score) => (Math.abs(score) > most ? Math.abs(score) : most), 0));
  const least = NOTHING * Math.max(0, ...largest);
  return Float64Array.from(scores[0] ?? [], (_, unit) =>
    Math.max(0, ...scores.map((row, target) => {
      const [size, most] = [Math.abs(row[unit] as number), largest[target] as number];
      return most > least && !Number.isNaN(size) ? size / most : 0;
    })),
  );
}

/** The units to open, the most important first, and those that may never be opened any more. */
export interface Choice {
  openings: [Branch, readonly Branch[]][];
  refused: Branch[];
}

/**
 * Opens the units whose share reaches the threshold, at most `top_k` of those that the next level splits. One that it
 * does not split may be opened by a later level; with `freeze`, all others stay as they are.
 * @param partsOf what the next level makes of a unit
 */
export function choose(
  leaves: readonly Branch[],
  sizes: ArrayLike<number>,
  { top_k: top, threshold, freeze }: Refine,
  refused: ReadonlySet<Branch>,
  partsOf: (branch: Branch) => readonly Branch[],
): Choice {
  const passing = [...leaves.keys()]
    .filter((at) => !refused.has(leaves[at] as Branch) && (sizes[at] as number) >= threshold)
    .sort((i, j) => (sizes[j] as number) - (sizes[i] as number) || i - j)
    .map((at) => leaves[at] as Branch);
  const parts = new Map(passing.map((branch) => [branch, partsOf(branch)]));
  const splitting = passing.filter((branch) => (parts.get(branch)?.length ?? 0) > 1);
  const chosen = splitting.slice(0, top);
  const waiting = new Set(passing.filter((branch) => !splitting.includes(branch)));
  return {
    openings: chosen.map((branch) => [branch, parts.get(branch) ?? []]),
    refused: freeze ? leaves.filter((leaf) => !waiting.has(leaf)) : [],
  };
}
