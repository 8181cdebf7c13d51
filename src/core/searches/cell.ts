import { z } from 'zod';
import { draftKey, fewestFirst, groupsIn, scored } from '../contrasts/drafts.ts';
import { below, sampleWithoutReplacement } from '../rng.ts';
import type { Draft, Search, SearchGame, SearchRun, Trial, Wish } from '../types.ts';

const options = z.strictObject({
  radius: z.int().min(1).max(10_000).default(5).describe('How many groups away from one of its edits a draft is edited next at most.'),
  alpha: z.number().min(0).max(1).default(0.5).describe('Share of the centres that go on from what was tried before; the others are new places.'),
});

type Options = z.output<typeof options>;

/**
 * Within a budget: centres, some near what was tried and some at new places, and halving rounds in which the better half
 * of drafts is edited once more nearby. CELL, arXiv 2406.11785, methods.md section 3. Every wave is one round.
 */
export const cell: Search<Options> = {
  id: 'cell',
  title: 'CELL: contrastive edits within a budget, by halving rounds around promising places',
  options,
  goal: 'differs',
  run,
};

/** Centres that are drawn in outer iteration i, and the k that stands from then on. */
function centresOf(i: number, k: number, q: number): { n: number; k: number } {
  return (i + 1) * 2 ** (i + 1) <= q ? { n: 2 ** (i + 1), k: i + 1 } : { n: 2 ** k, k };
}

/** Wishes for `count` different groups within the radius of one of the draft's edits, drawn at random. */
function near(draft: Draft, count: number, { n, barred, rng }: SearchGame, radius: number): Wish[] {
  const edited = groupsIn(draft);
  const focus = edited[below(edited.length, rng)] ?? 0;
  const first = Math.max(0, focus - radius);
  const around = Array.from({ length: Math.min(n, focus + radius + 1) - first }, (_, offset) => first + offset);
  const free = around.filter((group) => !barred.has(group) && !edited.includes(group));
  return sampleWithoutReplacement(free.length, count, rng).map((place) => ({ base: draft, group: free[place] as number }));
}

/** Outer iterations in a row that bring nothing new before there is nothing to be found any more. */
const BARREN = 3;

function* run(game: SearchGame, { radius, alpha }: Options): SearchRun {
  const { n: groups, barred, budget, rng } = game;
  if (budget < 2) return { found: [], stopped: 'budget' };
  const q = Math.floor(budget / Math.log2(budget));
  const archive: Trial[] = [];
  const known = new Set<string>();
  let unsampled = Array.from({ length: groups }, (_, group) => group).filter((group) => !barred.has(group));
  let k = 0;
  for (let i = 0, barren = 0; barren < BARREN; i += 1) {
    const before = known.size;
    const file = (trials: readonly Trial[]): void => {
      for (const trial of trials) known.add(draftKey(trial.draft));
      archive.push(...trials);
    };
    const sized = centresOf(i, k, q);
    const n = sized.n;
    k = sized.k;
    let m = n;
    const old = sampleWithoutReplacement(archive.length, Math.floor(m * alpha), rng);
    const places = new Set(sampleWithoutReplacement(unsampled.length, m - old.length, rng));
    const fresh = unsampled.filter((_, place) => places.has(place));
    unsampled = unsampled.filter((_, place) => !places.has(place));
    const wishes: Wish[] = fresh.map((group) => ({ base: [], group }));
    for (const at of old) wishes.push(...near((archive[at] as Trial).draft, 1, game, radius));
    if (wishes.length === 0) return { found: [], stopped: game.left() === 0 ? 'budget' : 'done' };
    let centres = scored(yield wishes);
    let found = centres.filter(({ score }) => game.past(score));
    file(centres);
    const halvings = Math.ceil(Math.log2(n));
    for (let halving = 0; halving < halvings && found.length === 0 && game.left() > 0; halving += 1) {
      const count = Math.floor(q / m / halvings);
      const drawn = scored(yield centres.flatMap(({ draft }) => near(draft, count, game, radius)));
      found = drawn.filter(({ score }) => game.past(score));
      file(drawn);
      m = Math.ceil(m / 2);
      centres = [...drawn, ...centres].sort((a, b) => b.score - a.score).slice(0, m);
    }
    if (found.length > 0) return { found: fewestFirst(found), stopped: 'done' };
    if (game.left() === 0) return { found, stopped: 'budget' };
    barren = known.size > before ? 0 : barren + 1;
  }
  return { found: [], stopped: 'done' };
}
