import { varying } from './descent.ts';
import { heaped, onHeap, room, wholeRoom } from './kernel/heap.ts';
import { ascend, exp, KIND_SIZE } from './kernel/index.ts';
import type { Moments } from './moments.ts';
import { type Place, Pulls } from './pulls.ts';

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
  const { rows, pull, power } = data;
  const size = start.length;
  const weights = room(size);
  const inclusion = room(size).fill(0);
  weights.set(start);
  const features = Int32Array.from(varying(data));
  if (power === 0 || features.length === 0) return { weights: new Float64Array(size), inclusion: new Float64Array(size) };
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
  const { values: owns, at: kind } = distinct(features, data.variances);
  const [variances, chances] = [new Float64Array(owns.length), new Float64Array(owns.length)];
  const sweepOf = onlyHeap({ features, kind, owns, pulls, weights, inclusion, rows }) ?? sweepOver;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const prior = Math.log(share / (1 - share));
    for (let k = 0; k < owns.length; k++) {
      const variance = 1 / ((rows * (owns[k] as number)) / noise + 1 / slabVariance);
      variances[k] = variance;
      chances[k] = prior + 0.5 * Math.log(variance / slabVariance);
    }
    const { moved, included, second, uncertain } = sweepOf({ features, kind, owns, variances, chances, pulls, weights, inclusion, rows, noise, least: 0.1 * still });
    noise = Math.max(squares() + uncertain, 1e-9 * power);
    // A weak prior in place of the plain estimates keeps the slab from collapsing when nothing is included.
    slabVariance = (second + 0.4 * power) / (included + 1);
    share = Math.min(0.5, (included + 0.5) / (size + 1));
    if (moved < still) break;
  }
  for (let j = 0; j < size; j++) if ((inclusion[j] as number) < EXCLUDED) weights[j] = 0;
  return { weights: weights.slice(), inclusion: inclusion.slice() };
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

interface Sums {
  moved: number;
  included: number;
  second: number;
  uncertain: number;
}

/** Each coefficient once: the largest step, and the sums that the hyperparameters are estimated from. A function of its own, which is compiled as a whole. */
function sweepOver({ features, kind, owns, variances, chances, pulls, weights, inclusion, rows, noise, least }: Sweep): Sums {
  let [moved, included, second, uncertain] = [0, 0, 0, 0];
  for (let at = 0; at < features.length; at++) {
    const j = features[at] as number;
    const k = kind[at] as number;
    const own = owns[k] as number;
    const variance = variances[k] as number;
    const old = weights[j] as number;
    const mean = (variance * rows * (pulls.of(j) + own * old)) / noise;
    const odds = (chances[k] as number) + (mean * mean) / (2 * variance);
    const probability = 1 / (1 + exp(-odds));
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

/** `sweepOver` in one call, where everything is on the heap; null elsewhere. */
function onlyHeap({ features, kind, owns, pulls, weights, inclusion, rows }: Omit<Sweep, 'variances' | 'chances' | 'noise' | 'least'>): ((sweep: Sweep) => Sums) | null {
  const [table, sums] = [room(KIND_SIZE * owns.length), room(4)];
  const [places, kinds] = [wholeRoom(features.length), wholeRoom(features.length)];
  if (!pulls.place() || !heaped(weights, inclusion, table, sums, places, kinds)) return null;
  for (let at = 0; at < features.length; at++) {
    places[at] = 8 * (features[at] as number);
    kinds[at] = table.byteOffset + 8 * KIND_SIZE * (kind[at] as number);
  }
  const [first, last] = [places.byteOffset, places.byteOffset + places.byteLength];
  return ({ variances, chances, noise, least }) => {
    for (let k = 0, at = 0; k < owns.length; k++, at += KIND_SIZE) {
      const variance = variances[k] as number;
      table[at] = owns[k] as number;
      table[at + 1] = variance * rows;
      table[at + 2] = 2 * variance;
      table[at + 3] = variance;
      table[at + 4] = chances[k] as number;
    }
    const { left, end, gram, stride } = pulls.place() as Place;
    ascend(first, last, kinds.byteOffset, weights.byteOffset, inclusion.byteOffset, left, end, gram, stride, sums.byteOffset, noise, least);
    return { moved: sums[0] as number, included: sums[1] as number, second: sums[2] as number, uncertain: sums[3] as number };
  };
}

/** The different values among those of the features, few, and which of them each has. */
function distinct(features: Int32Array, all: Float64Array): { values: Float64Array; at: Int32Array } {
  const values = new Float64Array(features.length);
  const at = new Int32Array(features.length);
  let count = 0;
  for (let i = 0; i < features.length; i++) {
    const value = all[features[i] as number] as number;
    let place = 0;
    while (place < count && values[place] !== value) place++;
    if (place === count) values[count++] = value;
    at[i] = place;
  }
  return { values: values.slice(0, count), at };
}
