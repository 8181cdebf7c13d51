import { halfMasks } from '../../../../src/core/masks.ts';
import { predict } from '../../../../src/core/faithfulness.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { spearman } from '../../../../src/core/statistics.ts';
import type { Attribution, Mask } from '../../../../src/core/types.ts';

/** The value of a mask. */
export type Value = (mask: Mask) => number;
export interface Term {
  units: number[];
  weight: number;
  any: boolean;
}

/** Single effects on some units, and groups that add their weight when any or all of theirs are there. */
export function game(n: number, effects: Record<number, number>, terms: Term[] = []): Value {
  return (mask) => {
    if (mask.length !== n) throw new Error(`a mask of ${mask.length} units for ${n}`);
    const single = Object.entries(effects).reduce((total, [unit, weight]) => total + weight * (mask[Number(unit)] as number), -20);
    return terms.reduce((total, { units, weight, any }) => {
      const present = units.filter((unit) => mask[unit] === 1).length;
      return total + ((any ? present > 0 : present === units.length) ? weight : 0);
    }, single);
  };
}

export function withNoise(value: Value, noise: number, seed: number): Value {
  const rng = createRng(seed, 'noise');
  return (mask) => value(mask) + noise * gaussian(rng);
}

/** Spearman's correlation of predicted and true values on fresh half masks. */
export function lds(attribution: Attribution, n: number, value: Value, seed: number): number {
  const masks = halfMasks(n, 200, createRng(seed, 'fresh'));
  return spearman(masks.map((mask) => predict(attribution, mask)), masks.map(value));
}
