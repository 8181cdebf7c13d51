import { z } from 'zod';
import { banzhafFit } from '../banzhaf.ts';
import { halfMaskRows } from '../halfmasks.ts';
import { everyMask, freshHalfMasks } from '../subsets.ts';
import type { Mask, Method } from '../types.ts';

/** Masks when neither the caller nor a budget says how many. */
const OPEN_MASKS = 256;
/** Fewer than this leave no spread to judge a difference of means by. */
const LEAST_MASKS = 8;

const options = z.strictObject({
  num_masks: z
    .int()
    .min(LEAST_MASKS)
    .max(1_000_000)
    .nullable()
    .default(null)
    .describe('Random half masks. Left open: the budget. As many as there are (2^n) make the result exact.'),
  confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the intervals.'),
});

type Options = z.output<typeof options>;

function size(n: number, { num_masks: asked }: Options, budget: number): number {
  const wanted = asked ?? Math.max(LEAST_MASKS, Number.isFinite(budget) ? Math.floor(budget) : OPEN_MASKS);
  return Math.min(2 ** n, wanted);
}

/**
 * The Banzhaf value (Banzhaf 1965; Wang and Jia 2023, "Data Banzhaf"): a unit's marginal averaged over all masks alike,
 * estimated by maximum sample reuse, which makes every mask count for every unit.
 */
export const banzhaf: Method<Options> = {
  id: 'banzhaf',
  title: 'Banzhaf values: what each unit adds, averaged over all masks',
  options,
  evaluations: size,
  *run({ n, columns, rng }, choice, budget) {
    const count = size(n, choice, budget);
    const masks: Mask[] = count === 2 ** n ? everyMask(n) : freshHalfMasks(n, count, new Set(), rng);
    const values = yield { masks };
    return { attributions: banzhafFit(n, masks, values, columns, choice.confidence), stopped: 'done' };
  },
  fit({ n, columns, coarse = 0 }, masks, values, { confidence }) {
    // means over draws of one unit at a time: masks of a coarser game would give a unit the effect of its neighbours
    const own = masks.slice(coarse);
    const rows = halfMaskRows(n, own);
    const kept = rows.map((row) => values[coarse + row] ?? new Float64Array(columns).fill(Number.NaN));
    return banzhafFit(n, rows.map((row) => own[row] as Mask), kept, columns, confidence);
  },
};
