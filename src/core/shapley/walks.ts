import { complement, empty } from '../masks.ts';
import type { Mask } from '../types.ts';
import { createLedger } from './ledger.ts';

/** One order of the units and its reverse, as walks from the empty mask to the full one. */
export interface Walk {
  order: Int32Array;
  /** Rows of the masks with the first 0 … n units of the order present. */
  forward: Int32Array;
  /** Rows of their complements: at k, the units after the k-th, which is where the reverse order has been. */
  backward: Int32Array;
}

export interface Walks {
  /** Distinct, the full and the empty one first, then as the walks need them. */
  masks: readonly Mask[];
  walks: readonly Walk[];
}

/**
 * Draws orders until `most.walks` are had or the next one would need more than `most.masks` masks; masks that walks
 * share are counted once, so small games get more walks. Which walk ends the sample depends on the orders alone, never
 * on values, and in the same way for all units: the means stay unbiased.
 */
export function drawWalks(n: number, draw: () => Int32Array, most: { masks: number; walks: number }): Walks {
  const ledger = createLedger(n);
  const walks: Walk[] = [];
  while (walks.length < most.walks) {
    const order = draw();
    const path = prefixes(n, order);
    const mirror = path.map(complement);
    const fresh = [...path, ...mirror].filter((mask) => !ledger.has(mask));
    // The first and the last mask are in the ledger from the start, and no two others of a walk and its reverse are equal.
    if (ledger.masks.length + fresh.length > most.masks) break;
    walks.push({ order, forward: Int32Array.from(path, ledger.rowOf), backward: Int32Array.from(mirror, ledger.rowOf) });
  }
  return { masks: ledger.masks, walks };
}

function prefixes(n: number, order: Int32Array): Mask[] {
  const path: Mask[] = [empty(n)];
  for (const unit of order) {
    const mask = (path[path.length - 1] as Mask).slice();
    mask[unit] = 1;
    path.push(mask);
  }
  return path;
}
