import { heldOutMasks } from '../core/faithfulness.ts';
import { key } from '../core/masks.ts';
import type { Mask } from '../core/types.ts';

/** How many masks are kept out of the fit to check it: a tenth of the fitted ones, and never fewer than five. */
export function heldOutSize(evaluations: number): number {
  return Math.max(5, Math.ceil(evaluations / 10));
}

/** Drawn for each one needed, since some may have been fitted. */
const DRAWN = 4;

/**
 * `count` masks that the method has not seen. Where it has seen every mask there is, its own serve: an exact method
 * fits none of them, so they still say how much of the value is a sum of single units.
 */
export function checkMasks(n: number, count: number, seen: readonly Mask[], rng: () => number): Mask[] {
  const drawn = heldOutMasks(n, DRAWN * 10 * count, rng);
  const taken = new Set(seen.map(key));
  const fresh = drawn.filter((mask) => {
    const name = key(mask);
    if (taken.has(name)) return false;
    taken.add(name);
    return true;
  });
  return (fresh.length > 0 ? fresh : drawn).slice(0, count);
}
