import { varying } from './descent.ts';
import type { Moments } from './moments.ts';
import { Pulls } from './pulls.ts';

export interface SlabFit {
  /** Posterior mean of each coefficient; exactly 0 where the feature is practically excluded. */
  weights: Float64Array;
  /** Posterior probability that the coefficient is not 0. */
  inclusion: Float64Array;
}

const MAX_SWEEPS = 400;
/** Features less probable than this are left out, so that a game without noise gets exact zeros. */
const EXCLUDED = 1e-3;

/**
 * Sparse Bayesian linear regression: every coefficient is 0 or, with a common probability, drawn from a normal
 * distribution of common variance. Posterior means by coordinate ascent on a factorised approximation (Carbonetto and
 * Stephens 2012, section 3), the three hyperparameters re-estimated after every sweep. Unlike the lasso it does not
 * shrink what is clearly there. `start` (coefficients, all 0 is fine) picks the optimum that is climbed to.
 */
export function slab(data: Moments, start: Float64Array): SlabFit {
  const { rows, gram, pull, power } = data;
  const size = start.length;
  const weights = start.slice();
  const inclusion = new Float64Array(size);
  const features = varying(data);
  if (power === 0 || features.length === 0) return { weights: weights.fill(0), inclusion };
  const pulls = new Pulls(data);
  pulls.set(weights);
  const squares = (): number => {
    const left = pulls.all();
    let sum = power;
    for (const j of features) sum -= (weights[j] as number) * ((pull[j] as number) + (left[j] as number));
    return Math.max(0, sum);
  };
  const began = features.filter((j) => weights[j] !== 0);
  let noise = Math.max((squares() * rows) / Math.max(rows - began.length - 1, 0.3 * rows), 1e-6 * power);
  const beganSquares = began.reduce((sum, j) => sum + (weights[j] as number) ** 2, 0);
  let slabVariance = began.length > 0 ? beganSquares / began.length : 0.4 * power;
  let share = Math.min(0.5, Math.max(1 / size, began.length / size / 2));
  const still = 1e-5 * Math.sqrt(power);
  // Features of masks have few variances among them, and what follows from a variance is worked out once for each.
  const { values: owns, at: kind } = distinct(features.map((j) => gram[j * size + j] as number));
  const [variances, chances] = [new Float64Array(owns.length), new Float64Array(owns.length)];
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const prior = Math.log(share / (1 - share));
    let moved = 0;
    let included = 0;
    let second = 0;
    let uncertain = 0;
    for (let k = 0; k < owns.length; k++) {
      const variance = 1 / ((rows * (owns[k] as number)) / noise + 1 / slabVariance);
      variances[k] = variance;
      chances[k] = prior + 0.5 * Math.log(variance / slabVariance);
    }
    for (let at = 0; at < features.length; at++) {
      const [j, k] = [features[at] as number, kind[at] as number];
      const [own, variance] = [owns[k] as number, variances[k] as number];
      const old = weights[j] as number;
      const mean = (variance * rows * (pulls.of(j) + own * old)) / noise;
      const odds = (chances[k] as number) + (mean * mean) / (2 * variance);
      const probability = 1 / (1 + Math.exp(-odds));
      const fresh = probability * mean;
      // A step too small to matter is not taken, since every step costs a pass over the features.
      if (Math.abs(fresh - old) > 0.1 * still) {
        weights[j] = fresh;
        pulls.step(j, fresh - old);
        moved = Math.max(moved, Math.abs(fresh - old));
      }
      inclusion[j] = probability;
      included += probability;
      const spread = probability * (variance + mean * mean);
      second += spread;
      uncertain += own * (spread - fresh * fresh);
    }
    noise = Math.max(squares() + uncertain, 1e-9 * power);
    // A weak prior in place of the plain estimates keeps the slab from collapsing when nothing is included.
    slabVariance = (second + 0.4 * power) / (included + 1);
    share = Math.min(0.5, (included + 0.5) / (size + 1));
    if (moved < still) break;
  }
  for (let j = 0; j < size; j++) if ((inclusion[j] as number) < EXCLUDED) weights[j] = 0;
  return { weights, inclusion };
}

/** The different values among `all`, and which of them each is. */
function distinct(all: readonly number[]): { values: number[]; at: Int32Array } {
  const places = new Map<number, number>();
  const at = Int32Array.from(all, (value) => {
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { values: [...places.keys()], at };
}
