import { key } from '../masks.ts';
import { type Rng, shuffle } from '../rng.ts';
import { freshHalfMasks } from '../subsets.ts';
import type { Mask } from '../types.ts';
import { FEW_UNITS } from './limits.ts';

/** Absent units of 8 masks: every three of 8 units are absent together in one of them, the fewest blocks of five that do so. */
const BLOCKS = ['02456', '01234', '03457', '02367', '01567', '12457', '12356', '13467'];

/**
 * `count` masks that test whether units and pairs explain what happens when more is away, none of them in `taken`, to
 * which theirs are added. The first 8 lack any three units together at least once (a covering design), which half masks
 * would leave to chance: a value that only the loss of three changes shows no effect of units or pairs. More are half masks.
 */
export function checkMasks(n: number, count: number, taken: Set<string>, rng: Rng): Mask[] {
  const names = shuffle(Array.from({ length: FEW_UNITS }, (_, i) => i), rng);
  const checks: Mask[] = [];
  for (const block of shuffle([...BLOCKS], rng)) {
    const mask = Uint8Array.from({ length: n }, (_, unit) => (block.includes(String(names[unit])) ? 0 : 1));
    if (checks.length === count || taken.has(key(mask))) continue;
    taken.add(key(mask));
    checks.push(mask);
  }
  return [...checks, ...freshHalfMasks(n, count - checks.length, taken, rng)];
}
