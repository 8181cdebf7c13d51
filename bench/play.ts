import { predict } from '../src/core/faithfulness.ts';
import { halfMasks } from '../src/core/masks.ts';
import { methods } from '../src/core/methods/index.ts';
import { createRng, gaussian } from '../src/core/rng.ts';
import { mean, spearman } from '../src/core/statistics.ts';
import type { Attribution, Mask, Method } from '../src/core/types.ts';
import { makeGame, makeGroupedGame, type Kind, type SyntheticGame } from './games.ts';

/**
 * How a task is played: every method with all calls spent; `auto` as it stops by itself, with an open budget, or within
 * one beside ContextCite that spends it; `auto` on units in groups, beside itself without knowing of them.
 */
export type Plan = 'fixed' | 'open' | 'settled' | 'grouped';

/** Games of one kind with one budget (`Infinity` when open). */
export interface Task {
  plan: Plan;
  kind: Kind;
  n: number;
  noise: number;
  calls: number;
  games: number;
}

/** Means over the games of a task. */
export interface Score {
  /** Spearman's correlation of predicted and seen values on fresh half masks. */
  lds: number;
  /** Share of the five largest effects that are among the five largest scores. */
  recall: number;
  /** Of each game, by seed: what differences between methods are judged by. */
  recalls: readonly number[];
  /** Evaluations used. */
  calls: number;
}

/** Players by name; null = cannot serve so many units with so few calls. */
export type Scores = Record<string, Score | null>;

export const FRESH_MASKS = 256;
/** Effects smaller than this are not among the units that a method has to find. */
const MATTERS = 0.25;

interface Player {
  name: string;
  method: Method;
  options: unknown;
  /** Whether it is told of groups. */
  grouped?: boolean;
}

/**
 * C-LIME at any number of calls that holds every unit taken away by itself: by default it asks ten for each unit. IBM's
 * weighting, and one weight for all.
 */
function climes(method: Method, n: number, calls: number): Player[] {
  const options = { oversampling_factor: Math.max(calls - 1.5, n) / n };
  return [
    { name: 'clime (IBM\'s weighting)', method, options },
    { name: 'clime (unit weights)', method, options: { ...options, weighting: 'unit' } },
  ];
}

function playersOf({ plan, calls, n }: Pick<Task, 'plan' | 'calls' | 'n'>): Player[] {
  const auto = methods.filter(({ id }) => id === 'auto').map((method): Player => ({ name: 'auto', method, options: {} }));
  const contextCite = methods.filter(({ id }) => id === 'lasso')
    .map((method): Player => ({ name: 'ContextCite', method, options: { num_masks: calls } }));
  if (plan === 'open') return auto;
  if (plan === 'settled') return [...auto, ...contextCite];
  if (plan === 'grouped') {
    return auto.flatMap((player) => [{ ...player, grouped: true }, { ...player, name: 'auto without groups' }]);
  }
  return methods.flatMap((method): Player[] => {
    if (method.id === 'auto') return [{ name: 'auto', method, options: { early_stop: false } }];
    if (method.id === 'lasso') return [{ name: 'ContextCite', method, options: { num_masks: calls } }];
    if (method.id === 'clime') return climes(method, n, calls);
    return [{ name: method.id, method, options: {} }];
  });
}

/** Plays a task with every player; the same seed gives every player the same draws. */
export function play({ plan, kind, n, noise, calls, games }: Task): Scores {
  return Object.fromEntries(playersOf({ plan, calls, n }).map(({ name, method, options, grouped }): [string, Score | null] => {
    const parsed = method.options.parse(options);
    if (Number.isFinite(calls) && method.evaluations(n, parsed, calls) > calls) return [name, null];
    const scores = Array.from({ length: games }, (_, seed) => {
      const made = plan === 'grouped' ? makeGroupedGame(n, noise, seed) : makeGame(kind, n, noise, seed);
      return playGame(method, parsed, made, calls, seed, grouped === true);
    });
    return [name, {
      lds: mean(scores.map(({ lds }) => lds)),
      recall: mean(scores.map(({ recall }) => recall)),
      recalls: scores.map(({ recall }) => recall),
      calls: mean(scores.map(({ calls: used }) => used)),
    }];
  }));
}

function playGame(method: Method, options: unknown, game: SyntheticGame, budget: number, seed: number, grouped: boolean): Omit<Score, 'recalls'> {
  const { n, noise, parents } = game;
  const told = grouped && parents ? { parents } : {};
  const noises = createRng(seed, `noise ${budget}`);
  const observe = (mask: Mask): Float64Array => Float64Array.of(game.value(mask) + noise * gaussian(noises));
  const rng = createRng(seed, `masks ${budget}`);
  const run = method.run({ n, columns: 1, weights: Float64Array.of(1), rng, ...told }, options, budget);
  let calls = 0;
  let step = run.next();
  while (step.done !== true) {
    calls += step.value.masks.length;
    step = run.next(step.value.masks.map(observe));
  }
  const attribution = step.value.attributions[0] as Attribution;
  const fresh = createRng(seed, 'fresh masks');
  const masks = halfMasks(n, FRESH_MASKS, fresh);
  const seen = masks.map((mask) => game.value(mask) + noise * gaussian(fresh));
  const lds = spearman(masks.map((mask) => predict(attribution, mask)), seen);
  // A prediction that never changes ranks nothing.
  return { lds: Number.isNaN(lds) ? 0 : lds, recall: recallOf(game.effects, attribution.scores), calls };
}

function recallOf(effects: Float64Array, scores: Float64Array): number {
  const largest = (values: Float64Array): number[] =>
    [...values.keys()].sort((i, j) => Math.abs(values[j] ?? 0) - Math.abs(values[i] ?? 0)).slice(0, 5);
  const wanted = largest(effects).filter((i) => Math.abs(effects[i] ?? 0) >= MATTERS);
  const found = new Set(largest(scores));
  return wanted.filter((i) => found.has(i)).length / wanted.length;
}
