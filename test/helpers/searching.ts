import { draftKey } from '../../src/core/contrasts/drafts.ts';
import { createRng } from '../../src/core/rng.ts';
import type { Draft, Search, SearchGame, Sought, Trial, Wish } from '../../src/core/types.ts';

/*
 * Searches on scripted answers: an edited group is `x`, and a rule says how far the answer moves.
 */

export type Rule = (edited: ReadonlySet<number>) => number;

export interface Searched<T> {
  outcome: T;
  /** Drafts as they were tried, by wave: the groups that each edits. */
  waves: number[][][];
  /** Different calls tried, the unchanged one included. */
  evaluations: number;
}

export interface Script {
  n: number;
  rule: Rule;
  budget: number;
  epsilon?: number;
  seed?: number;
}

/** Answers wishes by the rule, within the budget, for as long as `run` goes on. */
export function scripted<T>({ n, rule, budget, epsilon = 0.5, seed = 1 }: Script, run: (gameWith: (barred: ReadonlySet<number>) => SearchGame) => Generator<readonly Wish[], T, readonly (Trial | null)[]>): Searched<T> {
  const known = new Set([draftKey([])]);
  const rng = createRng(seed, 'search');
  const waves: number[][][] = [];
  const left = (): number => budget - known.size;
  const draftOf = ({ base, group }: Wish): Draft => (group === null ? base : [...base, { group, to: 'x' }].sort((a, b) => a.group - b.group));
  const going = run((barred) => ({ n, barred, budget, past: (score) => score > epsilon, left, rng }));
  let step = going.next();
  while (!step.done) {
    const wave: number[][] = [];
    const trials = step.value.map((wish): Trial | null => {
      const draft = draftOf(wish);
      const key = draftKey(draft);
      if (!known.has(key)) {
        if (left() <= 0) return null;
        known.add(key);
        wave.push(draft.map(({ group }) => group));
      }
      return { draft, score: rule(new Set(draft.map(({ group }) => group))) };
    });
    waves.push(wave);
    step = going.next(trials);
  }
  return { outcome: step.value, waves, evaluations: known.size };
}

export function searched<O>(search: Search<O>, options: unknown, script: Script): Searched<Sought> {
  return scripted(script, (gameWith) => search.run(gameWith(new Set()), search.options.parse(options)));
}
