import { z } from 'zod';
import { scored, withEdit } from '../contrasts/drafts.ts';
import type { Draft, Search, SearchGame, SearchRun, Trial, Trials, Wish } from '../types.ts';

const options = z.strictObject({}).describe('Input reduction has no options of its own.');

/** Groups next to one another, `size` at a time. */
function chunksOf(groups: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, chunk) => groups.slice(chunk * size, (chunk + 1) * size));
}

function without(draft: Draft, groups: readonly number[]): Draft {
  return groups.reduce((rest, group) => withEdit(rest, { group, to: '' }), draft);
}

/**
 * Input reduction (Feng et al. 2018, arXiv 1804.07781) in waves: halves of what is left are taken away, those that leave
 * the answer as it is together, then halves of halves, down to single groups, until none can be spared (as delta
 * debugging has it, Zeller & Hildebrandt 2002).
 */
export const reduce: Search<z.output<typeof options>> = {
  id: 'reduce',
  title: 'Input reduction: the least input that keeps the answer',
  options,
  goal: 'keeps',
  run,
};

function* run(game: SearchGame): SearchRun {
  let best: Trial | null = null;
  let kept = Array.from({ length: game.n }, (_, group) => group);
  const found = (): Trial[] => (best ? [best] : []);
  for (let size = Math.ceil(game.n / 2); kept.length > 0; ) {
    const base: Draft = best?.draft ?? [];
    const chunks = chunksOf(kept, size);
    const single = yield chunks.map((chunk) => ({ base: without(base, chunk), group: null }));
    const spared = scored(single).filter(({ score }) => !game.past(score)).sort((a, b) => a.score - b.score);
    // of those that can be spared one by one, as many as can be spared together: all, half of them, a quarter …
    const joined = yield* together(base, spared, (score) => game.past(score));
    if (joined) {
      best = joined;
      const gone = new Set(joined.draft.map(({ group }) => group));
      kept = kept.filter((group) => !gone.has(group));
    }
    if (game.left() === 0) return { found: found(), stopped: 'budget' };
    if (size === 1 && !joined) return { found: found(), stopped: 'done' };
    size = Math.max(1, Math.min(Math.ceil(size / 2), kept.length));
  }
  return { found: found(), stopped: 'done' };
}

function* together(base: Draft, spared: readonly Trial[], past: SearchGame['past']): Generator<readonly Wish[], Trial | null, Trials> {
  const [first] = spared;
  if (!first || spared.length === 1) return first ?? null;
  const union = (count: number): Draft => without(base, spared.slice(0, count).flatMap(({ draft }) => draft.map(({ group }) => group)));
  const counts: number[] = [];
  for (let count = spared.length; count > 1; count = Math.ceil(count / 2)) counts.push(count);
  const trials = yield counts.map((count) => ({ base: union(count), group: null }));
  const kept = scored(trials).filter(({ score }) => !past(score));
  return kept.toSorted((a, b) => b.draft.length - a.draft.length)[0] ?? first;
}
