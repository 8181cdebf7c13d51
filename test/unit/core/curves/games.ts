import type { Mask } from '../../../../src/core/types.ts';

/** The value of each mask: `base`, plus the worth of every unit that is there. */
export const additive = (worth: readonly number[], base = -10) => (masks: readonly Mask[]): Float64Array =>
  Float64Array.from(masks, (mask) => worth.reduce((sum, one, at) => sum + (mask[at] === 1 ? one : 0), base));

export const equal = (n: number): Float64Array => new Float64Array(n).fill(1);
