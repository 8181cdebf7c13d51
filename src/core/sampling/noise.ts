import { wilson, type Interval } from '../proportions.ts';
import type { Rng } from '../rng.ts';
import { mean, quantile, variance } from '../statistics.ts';
import { studentReach } from '../student.ts';
import type { Attribution, Game, Mask, Method, Values } from '../types.ts';
import { columnOf } from '../vectors.ts';
import { key } from '../masks.ts';
import { counted, differenceOfMeans, differenceOfRates, type Side } from './differences.ts';
import { propagated, replicate, replicatesOf } from './propagate.ts';
import { meanOfSamples, type SampledMask, rowOfWhole, usableSamples } from './samples.ts';
import { spreadOf, type Spread } from './spread.ts';

/** The unchanged call, asked again and again: what its value does by itself. One target. */
export interface ReferenceNoise {
  samples: number;
  mean: number;
  /** Of a single sample; NaN with fewer than two. */
  sd: number;
  /** Wilson's interval of the mean, where values are 0 or 1. */
  interval: Interval | null;
}

export interface Noise {
  reference: ReferenceNoise[];
  /** One per target: how large a typical unit's score can be by sampling noise alone; NaN where it is not known. */
  floor: number[];
}

export interface NoisyFit {
  method: Method;
  options: unknown;
  /** Columns of one game, as the method was played. */
  game: Game;
  masks: readonly (SampledMask & { fitted: boolean })[];
  attributions: readonly Attribution[];
  /** Plays the method again on other values of the same masks, [mask][column]. */
  play: (columns: number, weights: Float64Array, values: Values) => readonly Attribution[];
  rate: boolean;
  rng: Rng;
}

const CONFIDENCE = 0.95;

function confidenceOf(options: unknown): number {
  const { confidence } = options as { confidence?: unknown };
  return typeof confidence === 'number' ? confidence : CONFIDENCE;
}

/**
 * Puts sampling noise into an attribution's intervals, where they do not hold it, and tells how large it is. The
 * residuals of a regression (`fit`) hold it; differences of two masks have Welch's interval, or Newcombe's for rates; for
 * everything else it is propagated by playing the method again on values with noise put on, and the wider of that and the
 * method's own interval stands, since the latter may hold part of it. null where the unchanged call has no two samples.
 */
export function withNoise(fit: NoisyFit): { attributions: readonly Attribution[]; noise: Noise | null } {
  const whole = rowOfWhole(fit.game.n, fit.masks);
  if ((fit.masks[whole]?.samples.length ?? 0) < 2) return { attributions: fit.attributions, noise: null };
  const means = fit.masks.map(({ samples }) => meanOfSamples(samples, fit.game.columns));
  const targets = fit.attributions.map((attribution, column) => ofTarget(fit, whole, means, attribution, column));
  return {
    attributions: targets.map(({ attribution }) => attribution),
    noise: { reference: targets.map(({ reference }) => reference), floor: targets.map(({ floor }) => floor) },
  };
}

interface OfTarget {
  attribution: Attribution;
  reference: ReferenceNoise;
  floor: number;
}

function ofTarget(fit: NoisyFit, whole: number, means: Values, attribution: Attribution, column: number): OfTarget {
  const samples = fit.masks.map((mask) => usableSamples(mask.samples, column));
  const seen = samples[whole] ?? [];
  const sd = Math.sqrt(variance(seen));
  const { successes, trials } = counted(seen);
  const reference: ReferenceNoise = { samples: seen.length, mean: mean(seen), sd, interval: fit.rate ? wilson(successes, trials) : null };
  if (seen.length < 2) return { attribution, reference, floor: NaN };
  const confidence = confidenceOf(fit.options);
  const pairs = fit.method.differences?.(fit.game.n, fit.options);
  if (pairs) {
    const intervals = betweenPairs(pairs, fit, samples, spreadOf(samples, whole), confidence);
    const repeats = quantile(samples.map((each) => each.length), 0.5);
    const floor = studentReach(confidence, seen.length + repeats - 2) * sd * Math.sqrt(1 / seen.length + 1 / Math.max(1, repeats));
    return { attribution: { ...attribution, intervals }, reference, floor };
  }
  if (fit.method.fit && attribution.intervals) return { attribution, reference, floor: sd * studentReach(confidence, seen.length - 1) * meanDifference(fit, samples) };
  const farthest = Math.max(0, ...means.map((row) => Math.abs((row[column] as number) - reference.mean) || 0));
  const halves = playedAgain(fit, means, spreadOf(samples, whole, farthest), column, confidence);
  const intervals = Array.from(attribution.scores, (score, unit): Interval => {
    const [low, high] = attribution.intervals?.[unit] ?? [score, score];
    const half = halves[unit] as number;
    return Number.isNaN(half) ? [low, high] : [Math.min(low, score - half), Math.max(high, score + half)];
  });
  return { attribution: { ...attribution, intervals }, reference, floor: middle(halves) };
}

/** The interval of every unit's difference of two masks. */
function betweenPairs(
  pairs: readonly (readonly [Mask, Mask])[],
  { masks, rate }: NoisyFit,
  samples: readonly (readonly number[])[],
  { variances, freedom }: Spread,
  confidence: number,
): Interval[] {
  const rows = new Map(masks.map(({ mask }, row) => [key(mask), row]));
  const side = (mask: Mask): Side => {
    const row = rows.get(key(mask)) ?? -1;
    return { samples: samples[row] ?? [], variance: variances[row] ?? NaN, freedom: freedom[row] ?? 1 };
  };
  return pairs.map(([first, second]) => {
    const [a, b] = [side(first), side(second)];
    return rate ? differenceOfRates(a.samples, b.samples, confidence) : differenceOfMeans(a, b, confidence);
  });
}

/** Half-widths of what sampling noise alone does to every score, by playing the method again. */
function playedAgain({ game, play, rng }: NoisyFit, means: Values, { variances, freedom }: Spread, column: number, confidence: number): Float64Array {
  const { values, columns } = replicate(columnOf(means, 0), columnOf(means, column), variances, replicatesOf(game.columns), rng);
  const [first, own] = [game.weights[0] ?? 1, game.weights[column] ?? 1];
  const weights = new Float64Array(columns).fill(own);
  weights[0] = first;
  const reach = studentReach(confidence, freedom.reduce((least, each) => Math.min(least, each), Infinity));
  return propagated(play(columns, weights, values)).map((sd) => reach * sd);
}

/**
 * A regression's slopes are close to differences of the mean values of the masks with a unit and without it (exactly so
 * for orthogonal designs): the standard deviation of such a difference for the middle unit, of single samples of 1.
 */
function meanDifference({ game, masks }: NoisyFit, samples: readonly (readonly number[])[]): number {
  const used = masks.flatMap(({ mask, fitted }, row) => (fitted && (samples[row]?.length ?? 0) > 0 ? [{ mask, share: 1 / (samples[row]?.length ?? 1) }] : []));
  const errors = Array.from({ length: game.n }, (_, unit) => {
    const sides = [0, 1].map((bit) => used.filter(({ mask }) => mask[unit] === bit));
    return Math.sqrt(sides.reduce((sum, side) => sum + side.reduce((shares, { share }) => shares + share, 0) / side.length ** 2, 0));
  });
  return middle(errors);
}

function middle(halves: ArrayLike<number>): number {
  return quantile(Array.from(halves).filter((half) => Number.isFinite(half)), 0.5);
}
