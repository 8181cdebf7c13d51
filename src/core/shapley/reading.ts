import type { Interaction } from '../types.ts';

/** Values of the four masks that prove a pair: with everything, without one, without the other, without both. */
export interface JointAblation {
  full: number;
  first: number;
  second: number;
  neither: number;
}

/** Joint and single losses this close, as a share of the largest of them, are additive. */
const ADDITIVE = 0.1;

/**
 * What a joint ablation says of two units. With the losses a and b of taking away one and c of taking away both:
 * c about a + b is *independent*; c beyond a + b means that each stood in for the other (*either suffices*); c short of
 * it means that the first loss had already cost what the second would (*both needed*). Losses may be negative, so
 * beyond and short compare sizes. Null when a value is missing.
 */
export function readingOf({ full, first, second, neither }: JointAblation): Interaction['reading'] | null {
  const one = full - first;
  const other = full - second;
  const both = full - neither;
  const excess = both - (one + other);
  if (Number.isNaN(excess)) return null;
  if (Math.abs(excess) <= ADDITIVE * Math.max(Math.abs(one), Math.abs(other), Math.abs(both))) return 'independent';
  return Math.abs(both) > Math.abs(one + other) ? 'either suffices' : 'both needed';
}
