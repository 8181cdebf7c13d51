import { z } from 'zod';
import type { Method } from '../types.ts';
import { groupsOf } from '../shapley/groups.ts';
import { freeSample } from '../shapley/sample.ts';
import { walkRun } from '../shapley/walkrun.ts';

const options = z.strictObject({});

/**
 * The Owen value (Owen 1977): the Shapley value over those orders only that never leave a group before it is complete.
 * Groups are the units' parents; without parents all units are one group and the value is Shapley's. Scores add up to
 * v(1) − v(∅), and a group's scores to the group's Shapley value among groups.
 *
 * Exact where the budget holds all masks that such orders pass (`coalitionCount`, far fewer than 2^n for many groups),
 * estimated from random orders otherwise.
 */
export const owen: Method<z.output<typeof options>> = {
  id: 'owen',
  title: 'Owen values: Shapley values that respect groups',
  options,
  evaluations: (n, _options, budget) => freeSample(n, budget),
  run: (game, _options, budget) => walkRun(game, groupsOf(game.n, game.parents), freeSample(game.n, budget)),
};
