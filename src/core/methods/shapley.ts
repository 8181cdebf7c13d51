import { z } from 'zod';
import { faultAt } from '../../errors.ts';
import type { Method } from '../types.ts';
import { exactRun } from '../shapley/exactrun.ts';
import { groupsOf } from '../shapley/groups.ts';
import { kernelDesign } from '../shapley/kerneldesign.ts';
import { kernelFit } from '../shapley/kernelfit.ts';
import { freeSample } from '../shapley/sample.ts';
import { walkRun } from '../shapley/walkrun.ts';

const options = z
  .strictObject({
    estimator: z
      .enum(['permutation', 'exact', 'kernel'])
      .default('permutation')
      .describe('permutation: random orders and their reverses; exact: all 2^n masks, up to 12 units; kernel: regression on a leverage sample.'),
    order: z.literal([1, 2]).default(1).describe('2: pair interactions too; needs the `exact` estimator.'),
    confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the intervals.'),
  })
  .refine(({ estimator, order }) => order === 1 || estimator === 'exact', {
    path: ['order'],
    error: 'interactions need the estimator `exact`',
  });

type Options = z.output<typeof options>;

/** `exact` is for no more units than this: 4 096 masks, and every further unit doubles them. */
const MOST_EXACT = 12;

/** All masks of n units. @throws ProblemError budget_too_small beyond 12 units */
function exactSize(n: number): number {
  if (n <= MOST_EXACT) return 2 ** n;
  const message = `the estimator exact is for up to ${MOST_EXACT} units, and these are ${n}: use larger units, or the estimator permutation or kernel`;
  throw faultAt('budget_too_small', '/method/options/estimator', message);
}

/**
 * The Shapley value (Shapley 1953): a unit's marginal v(S ∪ i) − v(S), averaged over all orders in which units may
 * come in. Scores add up to v(1) − v(∅). Sources of the estimators: `exactValues`, `walkMeans`, `kernelDesign`.
 */
export const shapley: Method<Options> = {
  id: 'shapley',
  title: 'Shapley values: what each unit adds, averaged over all orders',
  options,
  evaluations: (n, { estimator }, budget) => (estimator === 'exact' ? exactSize(n) : freeSample(n, budget)),
  *run(game, { estimator, order, confidence }, budget) {
    const { n, columns, rng } = game;
    const everyone = groupsOf(n, undefined);
    if (estimator === 'exact') {
      // A replay comes here without a plan: nothing may be enumerated before the size is known to be small.
      exactSize(n);
      return yield* exactRun(game, everyone, order === 2);
    }
    const size = freeSample(n, budget);
    if (estimator === 'permutation') return yield* walkRun(game, everyone, size, confidence);
    const design = kernelDesign(n, size, rng);
    const values = yield { masks: design.masks };
    return { attributions: kernelFit(n, design, values, columns, confidence), stopped: 'done' };
  },
};
