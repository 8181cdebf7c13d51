import type { Search, SearchGame, Sought, Trial, Trials, Wish } from '../types.ts';
import { fewestFirst, groupsIn, scored } from './drafts.ts';

/** A contrast whose edits were re-checked. */
export interface Contrast extends Trial {
  /** Whether every single edit was seen to be needed. */
  minimal: boolean;
}

export interface Contrasts {
  /** In the order of finding; no two edit the same group. */
  found: readonly Contrast[];
  stopped: Sought['stopped'];
}

type Seeking<T> = Generator<readonly Wish[], T, Trials>;

/** Takes needless edits back, one at a time, as long as what is left is a contrast. */
function* takenBack(trial: Trial, past: (score: number) => boolean): Seeking<Contrast> {
  let { draft, score } = trial;
  while (draft.length > 1) {
    const whole = draft;
    const trials = yield whole.map((edit) => ({ base: whole.filter((other) => other !== edit), group: null }));
    const [better] = fewestFirst(scored(trials).filter((shorter) => past(shorter.score)));
    if (!better) return { draft, score, minimal: scored(trials).length === trials.length };
    ({ draft, score } = better);
  }
  return { draft, score, minimal: true };
}

/**
 * Around any search: the fewest edits win, needless ones are taken back and each re-checked, and several contrasts on
 * request. Groups that a contrast edits are barred from the next, so that they are distinct; what was tried already is
 * known and costs nothing again.
 * @param gameWith the search's game with these groups barred
 */
export function* contrastsOf<O>(search: Search<O>, options: O, gameWith: (barred: ReadonlySet<number>) => SearchGame, wanted: number): Seeking<Contrasts> {
  const barred = new Set<number>();
  const found: Contrast[] = [];
  for (;;) {
    const game = gameWith(barred);
    const sought = yield* search.run(game, options);
    let pool = sought.found;
    if (search.goal === 'keeps') return { found: pool.map((trial) => ({ ...trial, minimal: sought.stopped === 'done' })), stopped: sought.stopped };
    if (pool.length === 0) return { found, stopped: found.length > 0 ? 'done' : sought.stopped };
    while (pool.length > 0) {
      const [best] = fewestFirst(pool) as [Trial];
      const contrast = yield* takenBack(best, (score) => game.past(score));
      found.push(contrast);
      if (found.length >= wanted) return { found, stopped: 'done' };
      for (const group of groupsIn(contrast.draft)) barred.add(group);
      pool = pool.filter(({ draft }) => groupsIn(draft).every((group) => !barred.has(group)));
    }
    if (barred.size >= game.n) return { found, stopped: 'done' };
  }
}
