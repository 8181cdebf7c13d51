import { varying } from './descent.ts';
import { onHeap } from './kernel.ts';
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
  return onHeap(() => climb(data, start));
}

function climb(data: Moments, start: Float64Array): SlabFit {
  const { rows, gram, pull, power } = data;
  const size = start.length;
  const weights = start.slice();
  const inclusion = new Float64Array(size);
  const features = Int32Array.from(varying(data));
  if (power === 0 || features.length === 0) return { weights: weights.fill(0), inclusion };
  const pulls = new Pulls(data);
  pulls.set(weights);
  const squares = (): number => {
    const left = pulls.all();
    let sum = power;
    for (let at = 0; at < features.length; at++) {
      const j = features[at] as number;
      sum -= (weights[j] as number) * ((pull[j] as number) + (left[j] as number));
    }
    return Math.max(0, sum);
  };
  const began = [...features].filter((j) => weights[j] !== 0);
  let noise = Math.max((squares() * rows) / Math.max(rows - began.length - 1, 0.3 * rows), 1e-6 * power);
  const beganSquares = began.reduce((sum, j) => sum + (weights[j] as number) ** 2, 0);
  let slabVariance = began.length > 0 ? beganSquares / began.length : 0.4 * power;
  let share = Math.min(0.5, Math.max(1 / size, began.length / size / 2));
  const still = 1e-5 * Math.sqrt(power);
  // Features of masks have few variances among them, and what follows from a variance is worked out once for each.
  const { values: owns, at: kind } = distinct(Float64Array.from(features, (j) => gram[j * size + j] as number));
  const [variances, chances] = [new Float64Array(owns.length), new Float64Array(owns.length)];
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const prior = Math.log(share / (1 - share));
    for (let k = 0; k < owns.length; k++) {
      const variance = 1 / ((rows * (owns[k] as number)) / noise + 1 / slabVariance);
      variances[k] = variance;
      chances[k] = prior + 0.5 * Math.log(variance / slabVariance);
    }
    const { moved, included, second, uncertain } = sweepOver({ features, kind, owns, variances, chances, pulls, weights, inclusion, rows, noise, least: 0.1 * still });
    noise = Math.max(squares() + uncertain, 1e-9 * power);
    // A weak prior in place of the plain estimates keeps the slab from collapsing when nothing is included.
    slabVariance = (second + 0.4 * power) / (included + 1);
    share = Math.min(0.5, (included + 0.5) / (size + 1));
    if (moved < still) break;
  }
  for (let j = 0; j < size; j++) if ((inclusion[j] as number) < EXCLUDED) weights[j] = 0;
  return { weights, inclusion };
}

/** Where a sweep stands, and what it goes by; `kind` says which of `owns`, `variances` and `chances` a feature has. */
interface Sweep {
  features: Int32Array;
  kind: Int32Array;
  owns: Float64Array;
  variances: Float64Array;
  chances: Float64Array;
  pulls: Pulls;
  weights: Float64Array;
  inclusion: Float64Array;
  rows: number;
  noise: number;
  /** Steps up to here are not taken, since every step costs a pass over the features. */
  least: number;
}

/** Each coefficient once: the largest step, and the sums that the hyperparameters are estimated from. A function of its own, which is compiled as a whole. */
function sweepOver({ features, kind, owns, variances, chances, pulls, weights, inclusion, rows, noise, least }: Sweep) {
  let [moved, included, second, uncertain] = [0, 0, 0, 0];
  for (let at = 0; at < features.length; at++) {
    const j = features[at] as number;
    const k = kind[at] as number;
    const own = owns[k] as number;
    const variance = variances[k] as number;
    const old = weights[j] as number;
    const mean = (variance * rows * (pulls.of(j) + own * old)) / noise;
    const odds = (chances[k] as number) + (mean * mean) / (2 * variance);
    const probability = 1 / (1 + Math.exp(-odds));
    const fresh = probability * mean;
    if (Math.abs(fresh - old) > least) {
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
  return { moved, included, second, uncertain };
}

/** The different values among those of the features, few, and which of them each has. */
function distinct(all: Float64Array): { values: Float64Array; at: Int32Array } {
  const values = new Float64Array(all.length);
  const at = new Int32Array(all.length);
  let count = 0;
  for (let i = 0; i < all.length; i++) {
    let place = 0;
    while (place < count && values[place] !== all[i]) place++;
    if (place === count) values[count++] = all[i] as number;
    at[i] = place;
  }
  return { values: values.slice(0, count), at };
}
