import { faultAt } from '../errors.ts';
import type { Mask } from './types.ts';

/** Standard deviations from n/2 beyond which a mask was hardly drawn as a half mask (1 of 16 000). */
const FAR = 4;
/** Standard deviations that the mean share of present units may be off. */
const OFF = 5;

/**
 * The rows of masks that pass for half masks (each unit present with probability ½): those made for another purpose,
 * nearly full or nearly empty, are left out where n is large enough to tell them apart.
 * @throws ProblemError evaluations_missing when what is left is plainly no sample of half masks
 */
export function halfMaskRows(n: number, masks: readonly Mask[]): number[] {
  const counts = masks.map((mask) => mask.reduce((sum, bit) => sum + bit, 0));
  const rows = counts.flatMap((count, row) => (Math.abs(count - n / 2) <= (FAR * Math.sqrt(n)) / 2 ? [row] : []));
  const share = rows.reduce((sum, row) => sum + (counts[row] as number), 0) / (rows.length * n);
  if (!(Math.abs(share - 0.5) <= OFF * 0.5 / Math.sqrt(rows.length * n))) {
    const message = 'the stored masks are no random half masks, which banzhaf is fitted to: submit a new job with this method';
    throw faultAt('evaluations_missing', '/method', message);
  }
  return rows;
}
