import { key, subsetsOfSize, without } from '../masks.ts';
import { freshHalfMasks } from '../subsets.ts';
import type { Finding, Game, Mask, Round, Run } from '../types.ts';
import { ablationMasks } from './ablation.ts';
import { ABLATED, fitColumn, type Fitted } from './attribution.ts';
import { FEW_DRAWN } from './limits.ts';
import { settled } from './settled.ts';
import { supersaturated } from './supersaturated.ts';

/** Fewer masks than this settle games of few units on the wrong set now and then. */
const FIRST_ROUND = 24;
const NEXT_ROUND = 8;
/** A pair for every so many evaluations, at most four, can be proved; the evaluations for it are kept back. */
const PER_PAIR = 32;
const MOST_PAIRS = 4;
/** Games up to this size could draw masks by chance that lack no more units than an ablation. */
const NARROW = 20;

export interface RoundOptions {
  top_k: number;
  confidence: number;
  early_stop: boolean;
}

/**
 * Rounds of half masks until what is said of the first target is settled or `most` evaluations are nearly spent; then
 * one round that proves the pairs that were found, filled up with half masks when the budget is what ended the rounds.
 */
export function* runRounds(game: Game, options: RoundOptions, most: number): Run {
  const { n, columns, rng } = game;
  const masks: Mask[] = [];
  const values: Float64Array[] = [];
  const taken = new Set(n <= NARROW ? ablationKeys(n) : []);
  const draw = (count: number): Mask[] => {
    if (most < FEW_DRAWN) return masks.length > 0 ? [] : supersaturated(n, count, ABLATED, rng);
    return freshHalfMasks(n, count, taken, rng);
  };
  let fits: Fitted[] = [];
  function* ask(batch: Mask[]): Generator<Round, void, readonly Float64Array[]> {
    const round: Round = { masks: batch };
    if (fits.length > 0) round.soFar = fits.map(({ attribution }) => attribution);
    values.push(...(yield round));
    masks.push(...batch);
    fits = Array.from({ length: columns }, (_, column) => fitColumn(game, masks, values, column, options.confidence));
  }
  const spare = 1 + 3 * Math.min(MOST_PAIRS, Math.floor(most / PER_PAIR));
  const reserve = most >= PER_PAIR ? spare : 0;
  let stopped: Finding['stopped'] = 'budget';
  for (let size = options.early_stop ? FIRST_ROUND : most; ;) {
    const batch = draw(Math.min(size, most - reserve - masks.length));
    if (batch.length === 0) break;
    yield* ask(batch);
    size = Math.max(NEXT_ROUND, Math.floor(masks.length / 4));
    const evidence = fits[0]?.evidence;
    if (options.early_stop && evidence && settled(evidence, options.top_k, options.confidence, most)) {
      stopped = 'settled';
      break;
    }
  }
  const proofs = ablations(n, fits, most - masks.length, reserve);
  const filling = stopped === 'budget' ? draw(most - masks.length - proofs.length) : [];
  if (proofs.length + filling.length > 0) yield* ask([...proofs, ...filling]);
  return { attributions: fits.map(({ attribution }) => attribution), stopped };
}

/** Keys of all masks that lack no more units than an ablation does. */
function ablationKeys(n: number): string[] {
  const sizes = Array.from({ length: ABLATED + 1 }, (_, lacking) => [...subsetsOfSize(n, lacking)]);
  return sizes.flat().map((absent) => key(without(n, ...absent)));
}

/** The masks that prove the strongest pairs of every target, the first target's first, as far as `room` goes. */
function ablations(n: number, fits: readonly Fitted[], room: number, reserve: number): Mask[] {
  const chosen = new Map<string, Mask>();
  for (const { pair } of fits.flatMap(({ pairs }) => pairs)) {
    const wanted = ablationMasks(n, pair).filter((mask) => !chosen.has(key(mask)));
    if (chosen.size + wanted.length > Math.min(room, reserve)) continue;
    for (const mask of wanted) chosen.set(key(mask), mask);
  }
  return [...chosen.values()];
}
