import { z } from 'zod';
import type { Method } from '../types.ts';
import { groupsOf } from '../shapley/groups.ts';
import { freeSample } from '../shapley/sample.ts';
import { walkRun } from '../shapley/walkrun.ts';

const options = z.strictObject({
  confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the intervals.'),
});

type Options = z.output<typeof options>;

/**
 * The Owen value (Owen 1977): the Shapley value over those orders only that never leave a group before it is complete.
 * Groups are the units' parents; without parents all units are one group and the value is Shapley's. Scores add up to
 * v(1) − v(∅), and a group's scores to the group's Shapley value among groups.
 *
 * Exact where the budget holds all masks that such orders pass (`coalitionCount`, far fewer than 2^n for many groups),
 * estimated from random orders otherwise.
 */
export const owen: Method<Options> = {
  id: 'owen',
  title: 'Owen values: Shapley values among groups and inside them',
  options,
  evaluations: (n, _options, budget) => freeSample(n, budget),
  run: (game, { confidence }, budget) => walkRun(game, groupsOf(game.n, game.parents), freeSample(game.n, budget), confidence),
};
