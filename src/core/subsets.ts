import { binomial, empty, full, halfMask, key, subsetsOfSize } from './masks.ts';
import { type Rng, sampleWithoutReplacement } from './rng.ts';
import type { Mask } from './types.ts';

/**
 * `count` different subsets of size k of 0 … n − 1, uniform without replacement; all of them, in lexicographic order,
 * when there are no more than `count`. The subsets are never enumerated when they are many: then a repeated draw is
 * rare and is simply drawn again.
 */
export function sampleSubsets(n: number, k: number, count: number, rng: Rng): number[][] {
  const all = binomial(n, k);
  if (all <= 2 * count) {
    const listed = [...subsetsOfSize(n, k)];
    return all <= count ? listed : sampleWithoutReplacement(all, count, rng).map((at) => listed[at] as number[]);
  }
  const drawn = new Map<string, number[]>();
  while (drawn.size < count) {
    const subset = sampleWithoutReplacement(n, k, rng);
    drawn.set(subset.join(), subset);
  }
  return [...drawn.values()];
}

/** Every mask of n units (n ≤ 20), the full one first. */
export function everyMask(n: number): Mask[] {
  return Array.from({ length: 2 ** n }, (_, code) => full(n).map((_bit, i) => 1 - ((code >> i) & 1)));
}

/**
 * `count` half masks of n units that differ from one another and from those whose keys are in `taken`, to which theirs
 * are added. When fewer than `count` are left, all of them.
 */
export function freshHalfMasks(n: number, count: number, taken: Set<string>, rng: Rng): Mask[] {
  const drawn: Mask[] = [];
  // Small worlds are listed: drawing again until a free mask comes up could take for ever.
  if (n <= 20 && 2 ** n <= 4 * (count + taken.size)) {
    const free = everyMask(n).filter((mask) => !taken.has(key(mask)));
    for (const at of sampleWithoutReplacement(free.length, count, rng)) drawn.push(free[at] ?? empty(n));
    for (const mask of drawn) taken.add(key(mask));
    return drawn;
  }
  while (drawn.length < count) {
    const mask = halfMask(n, rng);
    const name = key(mask);
    if (taken.has(name)) continue;
    taken.add(name);
    drawn.push(mask);
  }
  return drawn;
}
