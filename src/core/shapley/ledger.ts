import { empty, full, key } from '../masks.ts';
import type { Mask } from '../types.ts';

/** Distinct masks in the order of their first mention. */
export interface Ledger {
  readonly masks: Mask[];
  /** Whether the mask has a row already. */
  readonly has: (mask: Mask) => boolean;
  /** The mask's row, a new one at the end for a mask that is not known yet. The mask is kept: never change it afterwards. */
  readonly rowOf: (mask: Mask) => number;
}

/** Row of the full mask in every ledger. */
export const FULL = 0;

/** A ledger of masks of n units that starts with the full and the empty mask (one and the same when n = 0). */
export function createLedger(n: number): Ledger {
  const rows = new Map<string, number>();
  const masks: Mask[] = [];
  const rowOf = (mask: Mask): number => {
    const name = key(mask);
    const known = rows.get(name);
    if (known !== undefined) return known;
    rows.set(name, masks.length);
    return masks.push(mask) - 1;
  };
  rowOf(full(n));
  rowOf(empty(n));
  return { masks, rowOf, has: (mask) => rows.has(key(mask)) };
}
