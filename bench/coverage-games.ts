import { methodById } from '../src/core/methods/index.ts';
import { createRng, gaussian } from '../src/core/rng.ts';
import type { Attribution, Mask, Method } from '../src/core/types.ts';
import { makeGame, type Kind, type SyntheticGame } from './games.ts';

/** A method with options, and which truth of a game its intervals are about. */
export interface Contender {
  name: string;
  id: string;
  options: Record<string, unknown>;
  covers: 'effects' | 'shapley';
}

/** What became of the intervals of some games. */
export interface Tally {
  /** [intervals that hold the truth, intervals] of each game, estimates that are exact without noise left out. */
  games: (readonly [number, number])[];
  /** Estimates that are the truth up to rounding, with an interval about it. */
  exact: number;
  /** Units that were given no interval. */
  none: number;
}

export interface Coverage {
  share: number;
  /**
   * Two standard errors of the share, between games, since the units of one game share its masks and its noise; no less
   * than those of as many independent intervals that cover as they claim.
   */
  tolerance: number;
}

/** Without noise, an estimate this close to the truth has nothing left to cover. */
const EXACT = 1e-9;
/** What the intervals claim. */
const CLAIMED = 0.95;

/** Plays `games` games of one kind; null where the method cannot serve so many units with so few calls. */
export function tallyOf(contender: Contender, kind: Kind, n: number, noise: number, calls: number, games: number): Tally | null {
  const method = methodById(contender.id) as Method;
  const options = method.options.parse(contender.options);
  if (method.evaluations(n, options, calls) > calls) return null;
  const tally: Tally = { games: [], exact: 0, none: 0 };
  for (let seed = 0; seed < games; seed++) {
    const game = makeGame(kind, n, noise, seed);
    count(tally, attributionOf(method, options, game, calls, seed), game[contender.covers], noise === 0);
  }
  return tally;
}

/** The tallies of several kinds as one. */
export function pool(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  return { games: tallies.flatMap(({ games }) => games), exact: sum(({ exact }) => exact), none: sum(({ none }) => none) };
}

/** Share of the intervals that hold the truth, over all units and games; null when every estimate was exact. */
export function coverageOf({ games }: Tally): Coverage | null {
  const held = games.reduce((sum, [own]) => sum + own, 0);
  const of = games.reduce((sum, [, own]) => sum + own, 0);
  if (of === 0) return null;
  const share = held / of;
  const squares = games.reduce((sum, [own, all]) => sum + (own - share * all) ** 2, 0);
  return { share, tolerance: 2 * Math.max(Math.sqrt(squares) / of, Math.sqrt((CLAIMED * (1 - CLAIMED)) / of)) };
}

function attributionOf(method: Method, options: unknown, game: SyntheticGame, calls: number, seed: number): Attribution {
  const { n, noise } = game;
  const noises = createRng(seed, `noise ${calls}`);
  const observe = (mask: Mask): Float64Array => Float64Array.of(game.value(mask) + noise * gaussian(noises));
  const run = method.run({ n, columns: 1, weights: Float64Array.of(1), rng: createRng(seed, `masks ${calls}`) }, options, calls);
  let step = run.next();
  while (step.done !== true) step = run.next(step.value.masks.map(observe));
  return step.value.attributions[0] as Attribution;
}

function count(tally: Tally, { scores, intervals }: Attribution, truth: Float64Array, noiseless: boolean): void {
  let held = 0;
  let of = 0;
  truth.forEach((wanted, unit) => {
    const [low, high] = intervals?.[unit] ?? [Number.NaN, Number.NaN];
    if (Number.isNaN(low)) {
      tally.none += 1;
      return;
    }
    const holds = low - EXACT <= wanted && wanted <= high + EXACT;
    if (noiseless && holds && Math.abs((scores[unit] ?? Number.NaN) - wanted) <= EXACT) {
      tally.exact += 1;
      return;
    }
    held += holds ? 1 : 0;
    of += 1;
  });
  if (of > 0) tally.games.push([held, of]);
}
