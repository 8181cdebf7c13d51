import { createRng, gaussian, sampleWithoutReplacement, shuffle } from '../src/core/rng.ts';
import type { Mask } from '../src/core/types.ts';

export const KINDS = ['additive', 'redundant pair', 'joint pair', 'three-way', 'sparse'] as const;
export type Kind = (typeof KINDS)[number];

/** Effects of the units that matter in a game of groups. */
const GROUPED = [3, -2, 1.5];
const GROUP_SIZE = 10;

/** A game whose value without noise is known for every mask. */
export interface SyntheticGame {
  n: number;
  noise: number;
  /** The value without noise. */
  value(mask: Mask): number;
  /** Effect of each unit, averaged over half masks of the others. */
  effects: Float64Array;
  /** Group of each unit, where units form groups. */
  parents?: Int32Array;
  /** Shapley value of each unit: a group's weight is shared equally, whether any or all of it are needed. */
  shapley: Float64Array;
}

/** A term that adds `weight` when any (redundant) or all (joint) of its units are present. */
interface Group {
  units: number[];
  weight: number;
  any: boolean;
}

/**
 * 2–5 strong units (0.5–4 nats, 15 % of them negative) over tiny weights N(0, 0.05) on every unit; `sparse` has no tiny
 * weights. The other kinds add one or two groups of two (one group of three) among units that are not strong.
 */
export function makeGame(kind: Kind, n: number, noise: number, seed: number): SyntheticGame {
  const rng = createRng(seed, `${kind} ${n}`);
  const strength = (): number => (0.5 + 3.5 * rng()) * (rng() < 0.15 ? -1 : 1);
  const strong = 2 + Math.floor(4 * rng());
  const groups = kind === 'redundant pair' || kind === 'joint pair' ? 1 + Math.floor(2 * rng()) : kind === 'three-way' ? 1 : 0;
  const size = kind === 'three-way' ? 3 : 2;
  const units = shuffle(sampleWithoutReplacement(n, strong + groups * size, rng), rng);
  const weights = Float64Array.from({ length: n }, () => (kind === 'sparse' ? 0 : 0.05 * gaussian(rng)));
  for (const unit of units.slice(0, strong)) weights[unit] = (weights[unit] ?? 0) + strength();
  const terms = Array.from({ length: groups }, (_, g): Group => ({
    units: units.slice(strong + g * size, strong + (g + 1) * size),
    weight: strength(),
    any: kind === 'redundant pair' || (kind === 'three-way' && rng() < 0.5),
  }));
  const effects = weights.slice();
  for (const term of terms) for (const unit of term.units) effects[unit] = (effects[unit] ?? 0) + term.weight / 2 ** (size - 1);
  const shapley = weights.slice();
  for (const term of terms) for (const unit of term.units) shapley[unit] = (shapley[unit] ?? 0) + term.weight / size;
  return { n, noise, effects, shapley, value: (mask) => valueOf(mask, weights, terms) };
}

function valueOf(mask: Mask, weights: Float64Array, terms: readonly Group[]): number {
  let value = -10;
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) value += weights[i] ?? 0;
  for (const { units, weight, any } of terms) {
    const present = units.filter((unit) => mask[unit] === 1).length;
    if (any ? present > 0 : present === units.length) value += weight;
  }
  return value;
}

/** Three of n units matter, anywhere; ten neighbours each are a group, as the sentences of a document are. */
export function makeGroupedGame(n: number, noise: number, seed: number): SyntheticGame & { parents: Int32Array } {
  const rng = createRng(seed, `grouped ${n}`);
  const effects = new Float64Array(n);
  shuffle(sampleWithoutReplacement(n, GROUPED.length, rng), rng).forEach((unit, at) => (effects[unit] = GROUPED[at] ?? 0));
  const parents = Int32Array.from({ length: n }, (_, unit) => Math.floor(unit / GROUP_SIZE));
  return { n, noise, effects, shapley: effects, parents, value: (mask) => valueOf(mask, effects, []) };
}
