import { predict } from '../src/core/faithfulness.ts';
import { halfMasks } from '../src/core/masks.ts';
import { methods } from '../src/core/methods/index.ts';
import { createRng, gaussian } from '../src/core/rng.ts';
import { mean, spearman } from '../src/core/statistics.ts';
import type { Attribution, Mask, Method } from '../src/core/types.ts';
import { makeGame, type Kind, type SyntheticGame } from './games.ts';

/** Games of one kind, all methods, one number of calls (null: an open budget). */
export interface Task {
  kind: Kind;
  n: number;
  noise: number;
  calls: number | null;
  games: number;
}

/** Means over the games of a task. */
export interface Score {
  /** Spearman's correlation of predicted and seen values on fresh half masks. */
  lds: number;
  /** Share of the five largest effects that are among the five largest scores. */
  recall: number;
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
}

/** Every method with what it may spend spent; with an open budget, only `auto` as it stops by itself. */
function playersOf(calls: number | null): Player[] {
  if (calls === null) return methods.filter(({ id }) => id === 'auto').map((method) => ({ name: 'auto', method, options: {} }));
  return methods.map((method) => {
    if (method.id === 'auto') return { name: 'auto', method, options: { early_stop: false } };
    if (method.id === 'lasso') return { name: 'ContextCite', method, options: { num_masks: calls } };
    return { name: method.id, method, options: {} };
  });
}

/** Plays a task with every method; the same seed gives every method the same draws. */
export function play({ kind, n, noise, calls, games }: Task): Scores {
  return Object.fromEntries(playersOf(calls).map(({ name, method, options }): [string, Score | null] => {
    const parsed = method.options.parse(options);
    const budget = calls ?? Infinity;
    if (calls !== null && method.evaluations(n, parsed, budget) > calls) return [name, null];
    const scores = Array.from({ length: games }, (_, seed) =>
      playGame(method, parsed, makeGame(kind, n, noise, seed), budget, seed));
    return [name, {
      lds: mean(scores.map(({ lds }) => lds)),
      recall: mean(scores.map(({ recall }) => recall)),
      calls: mean(scores.map(({ calls: used }) => used)),
    }];
  }));
}

function playGame(method: Method, options: unknown, game: SyntheticGame, budget: number, seed: number): Score {
  const { n, noise } = game;
  const noises = createRng(seed, `noise ${budget}`);
  const observe = (mask: Mask): Float64Array => Float64Array.of(game.value(mask) + noise * gaussian(noises));
  const rng = createRng(seed, `masks ${budget}`);
  const run = method.run({ n, columns: 1, weights: Float64Array.of(1), rng }, options, budget);
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
