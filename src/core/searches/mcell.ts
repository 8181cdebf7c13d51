import { z } from 'zod';
import { draftKey, highest, scored } from '../contrasts/drafts.ts';
import { shuffle } from '../rng.ts';
import type { Draft, Search, SearchGame, SearchRun, Wish } from '../types.ts';

const options = z.strictObject({
  proposals: z.int().min(1).max(50).default(1).describe("The infiller's proposals that are tried for each group; one: a random one of them."),
  epsilon_iter: z.number().min(0).default(0.001).describe('A round whose best score differs by no more from that before has changed nothing.'),
  no_change_max_iters: z.int().min(1).max(1_000).default(3).describe('Rounds in a row without a change that end the search.'),
});

type Options = z.output<typeof options>;

/**
 * Greedy: every group that is not edited yet is edited, all at once, and the edit with the highest score is kept, until
 * one is past epsilon. n + (n − 1) + … evaluations at most. MCELL of CELL, arXiv 2406.11785, methods.md section 3.
 */
export const mcell: Search<Options> = {
  id: 'mcell',
  title: 'mCELL: greedy contrastive edits, every group in every round',
  options,
  goal: 'differs',
  run,
};

function wishesFor(base: Draft, groups: readonly number[], proposals: number): Wish[] {
  if (proposals === 1) return groups.map((group) => ({ base, group }));
  return groups.flatMap((group) => Array.from({ length: proposals }, (_, proposal) => ({ base, group, proposal })));
}

function* run(game: SearchGame, { proposals, epsilon_iter: least, no_change_max_iters: most }: Options): SearchRun {
  const { n, barred, rng } = game;
  let base: Draft = [];
  let before = 0;
  let unchanged = 0;
  for (;;) {
    const taken = new Set([...barred, ...base.map(({ group }) => group)]);
    const open = Array.from({ length: n }, (_, group) => group).filter((group) => !taken.has(group));
    if (open.length === 0) return { found: [], stopped: 'done' };
    const wishes = wishesFor(base, open, proposals);
    // where not all of them can be tried, no end of the input is preferred
    const trials = scored(yield wishes.length > game.left() ? shuffle(wishes, rng) : wishes);
    const found = trials.filter(({ score }) => game.past(score));
    if (found.length > 0) return { found, stopped: 'done' };
    if (game.left() === 0) return { found, stopped: 'budget' };
    if (trials.length === 0) return { found, stopped: 'done' };
    const best = highest(trials);
    unchanged = Math.abs(best.score - before) <= least ? unchanged + 1 : 0;
    if (unchanged >= most) return { found, stopped: 'settled' };
    if (draftKey(best.draft) === draftKey(base)) return { found, stopped: 'done' };
    [base, before] = [best.draft, best.score];
  }
}
