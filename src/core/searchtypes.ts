import type { ZodType } from 'zod';
import type { Span } from './types.ts';

/*
 * What answers with edited calls instead of scores. Part of the vocabulary of types.ts, which gives it on.
 *
 * group     some words of a perturbable unit that are edited together
 * edit      a group with what stands in its place; draft: the edits of one call
 * infiller  what proposes words for a group
 * trial     a draft with its score: how far the answer moved away from that to the unchanged call
 * contrast  a trial whose score is past epsilon
 */

export interface Edit {
  /** Index of the group. */
  group: number;
  /** '' takes it away. */
  to: string;
}

/** Ascending by group, each group once; [] is the unchanged call. Never mutated once yielded. */
export type Draft = readonly Edit[];

/** A call that a search wants tried: a draft, or a draft with one more group that the infiller fills. */
export interface Wish {
  base: Draft;
  /** null: the base as it is. */
  group: number | null;
  /** Which of the infiller's proposals, from 0; left out: one at random. */
  proposal?: number;
}

export interface Trial {
  draft: Draft;
  /** Value of the unchanged call less that of this one; its size where both directions count. NaN: there is no value. */
  score: number;
}

/** One per wish; null = nothing was tried, since the infiller had no words for it or the evaluations have ended. */
export type Trials = readonly (Trial | null)[];

/** What a search plays with. It sees neither model nor text. */
export interface SearchGame {
  /** Number of groups, in the order of the input. */
  n: number;
  /** Groups that must stay as they are. */
  barred: ReadonlySet<number>;
  /** Evaluations of the whole job, the unchanged call included. */
  budget: number;
  /** Whether a score is past epsilon. */
  past(score: number): boolean;
  /** Evaluations that are left, those of the wishes answered last taken off. */
  left(): number;
  /** Seeded, uniform on [0, 1). The only randomness a search has. */
  rng: () => number;
}

/** What a search came to. */
export interface Sought {
  /** Drafts that reached its goal, the best first; [] = none did. */
  found: readonly Trial[];
  stopped: 'done' | 'settled' | 'budget';
}

/** Yields wishes, as many as can be tried at once, and is sent the trials in the same order. */
export type SearchRun = Generator<readonly Wish[], Sought, Trials>;

export interface Search<O = unknown> {
  id: string;
  title: string;
  /** Every field has a default, so `{}` is valid. */
  options: ZodType<O>;
  /** `differs`: the answer is to change; `keeps`: it is to stay while words are taken away. */
  goal: 'differs' | 'keeps';
  run(game: SearchGame, options: O): SearchRun;
}

/** Whom an infiller asks, and for what. */
export interface Infilling {
  /** `chat`: a JSON list of proposals that say something else; `paraphrase`: one of proposals that say the same; `middle`: what stands between two texts. */
  kind: 'chat' | 'paraphrase' | 'middle';
  /** Name of a configured endpoint; null: that of the job. */
  endpoint: string | null;
  /** null: the endpoint's first, or that of the call where it is the job's own endpoint. */
  model: string | null;
  /** Proposals wanted for each group. */
  proposals: number;
  /** Groups of one draft that are asked for in one request at most. */
  together: number;
  temperature: number;
  /** Said to a model that is asked in words; '' = nothing. */
  instructions: string;
}

export interface Infiller<O = unknown> {
  id: string;
  title: string;
  options: ZodType<O>;
  /** Stretches of the text that it can replace: ordered, disjoint. Left out: groups of `split_k` words. */
  stretches?(text: string, options: O): readonly Span[];
  /** What may stand for these words, none of them the words themselves. Left out: somebody is asked. */
  proposals?(words: string, options: O): readonly string[];
  asks?(options: O): Infilling;
}
