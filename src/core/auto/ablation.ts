import { key, without } from '../masks.ts';
import { readingOf, type JointAblation } from '../shapley/reading.ts';
import type { Interaction, Mask } from '../types.ts';
import type { Pair } from './pairs.ts';

/** Share of a pair's fitted interaction that its own joint ablation must show, with the same sign, to confirm it. */
const CONFIRMING = 0.5;

/** The masks that prove a pair: nothing, one, the other, and both taken away. */
export function ablationMasks(n: number, [first, second]: Pair): Mask[] {
  return [without(n), without(n, first), without(n, second), without(n, first, second)];
}

/** Finds the values of the masks that prove a pair among evaluations; null when one of them is missing or failed. */
export function jointAblation(n: number, pair: Pair, values: ReadonlyMap<string, number>): JointAblation | null {
  const seen = ablationMasks(n, pair).map((mask) => values.get(key(mask)) ?? NaN);
  const [full = NaN, first = NaN, second = NaN, neither = NaN] = seen;
  return Number.isNaN(full + first + second + neither) ? null : { full, first, second, neither };
}

/**
 * What a pair's joint ablation makes of an interaction that was fitted over all masks: its reading, or *independent*
 * when taking just these two away shows less than half of it or the opposite.
 */
export function confirmed(pair: Pair, effect: number, ablation: JointAblation): Interaction {
  const { full, first, second, neither } = ablation;
  const shown = full - first - second + neither;
  const bears = shown * Math.sign(effect) >= CONFIRMING * Math.abs(effect);
  const reading = bears ? readingOf(ablation) : 'independent';
  return { units: [...pair], score: effect, reading: reading ?? 'independent' };
}
