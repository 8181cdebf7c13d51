import { z } from 'zod';
import { fitColumn } from '../auto/attribution.ts';
import { runFewUnits } from '../auto/fewrun.ts';
import { FEW_UNITS, planFor } from '../auto/limits.ts';
import { runRounds } from '../auto/rounds.ts';
import type { Method } from '../types.ts';

const options = z.strictObject({
  top_k: z.int().min(1).max(100).default(3).describe('Units whose order must be settled before the rounds stop.'),
  confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the intervals and of the decision to stop.'),
  early_stop: z.boolean().default(true)
    .describe('Stop when more evaluations would hardly change the ranking; false: use the whole budget.'),
});

/**
 * The best ranking per call, and the default. Up to 8 units: all masks, or everything that lacks one or two units.
 * More: rounds of random half masks, a sparse regression with pairs among the largest units, intervals without its
 * bias, a stop as soon as the ranking is settled, and a joint ablation for every pair found. methods.md section 2.
 */
export const auto: Method<z.infer<typeof options>> = {
  id: 'auto',
  title: 'Automatic: rounds of random masks with pairs and intervals, until the ranking is settled',
  options,
  evaluations: (n, _options, budget) => planFor(n, budget).most,
  run(game, chosen, budget) {
    const plan = planFor(game.n, budget);
    if (game.n <= FEW_UNITS || plan.kind === 'singles') return runFewUnits(game, plan, chosen.early_stop);
    return runRounds(game, chosen, plan.most);
  },
  refits: true,
  fit: (game, masks, values, { confidence }) =>
    Array.from({ length: game.columns }, (_, column) => fitColumn(game, masks, values, column, confidence, game.coarse).attribution),
};
