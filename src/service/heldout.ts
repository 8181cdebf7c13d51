import { heldOut, type HeldOut, heldOutMasks } from '../core/faithfulness.ts';
import { key } from '../core/masks.ts';
import type { Attribution, Mask } from '../core/types.ts';

/** How many masks are kept out of the fit to check it: a tenth of the fitted ones, and never fewer than five. */
export function heldOutSize(evaluations: number): number {
  return Math.max(5, Math.ceil(evaluations / 10));
}

/** Drawn for each one needed, since some may have been fitted. */
const DRAWN = 4;
/** Fewer checks than this say nothing. */
const LEAST = 4;

export interface Checks {
  masks: readonly Mask[];
  /** How many of them the method has seen: with few units there may be no others. */
  seen: number;
}

/** `count` masks that the method has not seen, filled up with some that it has where those alone would say nothing. */
export function checkMasks(n: number, count: number, seen: readonly Mask[], rng: () => number): Checks {
  const drawn = heldOutMasks(n, DRAWN * 10 * Math.max(count, LEAST), rng);
  const taken = new Set(seen.map(key));
  const once = new Set<string>();
  const distinct = drawn.filter((mask) => !once.has(key(mask)) && once.add(key(mask)));
  const fresh = distinct.filter((mask) => !taken.has(key(mask))).slice(0, count);
  const known = fresh.length >= LEAST ? [] : distinct.filter((mask) => taken.has(key(mask))).slice(0, LEAST + 1 - fresh.length);
  return { masks: [...fresh, ...known], seen: known.length };
}

/**
 * Compares the first target's attribution with what the checks showed; what was not asked any more does not count.
 * @param values NaN where an evaluation failed, null where it was not asked
 */
export function judge(attribution: Attribution | undefined, checks: Checks, values: readonly (number | null)[]): HeldOut {
  const rows = [...checks.masks.keys()].filter((row) => values[row] !== null);
  if (!attribution || rows.length === 0) {
    return { holdout_r2: null, lds: null, verdict: 'weak', reasons: ['The job ended before its scores could be checked on masks of their own.'] };
  }
  const found = heldOut(attribution, rows.map((row) => checks.masks[row] as Mask), rows.map((row) => values[row] as number));
  if (checks.seen === 0) return found;
  const share = checks.seen === checks.masks.length ? 'Every' : `${checks.seen} of ${checks.masks.length}`;
  return { ...found, reasons: [...found.reasons, `${share} ${share === 'Every' ? 'mask' : 'masks'} of this check had been evaluated for the scores too: so few units leave no others.`] };
}
