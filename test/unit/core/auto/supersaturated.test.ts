import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { supersaturated } from '../../../../src/core/auto/supersaturated.ts';
import { absentees, halfMasks, key } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { first, play } from '../shapley/games.ts';

/** The largest absolute correlation of two units' presence. */
function likeness(masks: readonly Mask[]): number {
  const n = masks[0]?.length ?? 0;
  let most = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) most = Math.max(most, Math.abs(masks.reduce((sum, mask) => sum + (mask[i] === mask[j] ? 1 : -1), 0)) / masks.length);
  }
  return most;
}

describe('a supersaturated design', () => {
  it('has masks that differ, lack enough, and hold every unit half of the time', () => {
    fc.assert(fc.property(fc.integer({ min: 9, max: 80 }), fc.integer({ min: 8, max: 15 }), fc.nat(), (n, count, seed) => {
      const masks = supersaturated(n, count, 2, createRng(seed, 'design'));
      expect(new Set(masks.map(key)).size).toBe(count);
      for (const mask of masks) expect(absentees(mask).length).toBeGreaterThan(2);
      const shares = Array.from({ length: n }, (_, unit) => masks.reduce((sum, mask) => sum + (mask[unit] as number), 0) / count);
      const even = shares.filter((share) => Math.abs(share - 0.5) <= 0.5 / count + 1e-9).length;
      // A mask that lacked too few was drawn anew, which only few units allow.
      if (n >= 16) expect(even).toBe(n);
      expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / n - 0.5)).toBeLessThan(0.13);
    }), { numRuns: 40 });
  });

  it('tells units apart that chance would leave alike', () => {
    for (let seed = 0; seed < 10; seed++) {
      const designed = likeness(supersaturated(24, 10, 2, createRng(seed, 'design')));
      expect(designed).toBeLessThanOrEqual(0.6);
      expect(designed).toBeLessThan(likeness(halfMasks(24, 10, createRng(seed, 'chance'))));
    }
  });
});

describe('auto with few calls', () => {
  /** One fact among small effects: without it the answer is off by an amount that varies. */
  const oneFact = (n: number, seed: number): ((mask: Mask) => number) => {
    const rng = createRng(seed, 'fact');
    const small = Array.from({ length: n }, () => 0.15 * gaussian(rng));
    return (mask) => (mask[seed % n] === 1 ? 0 : -5) + small.reduce((sum, weight, unit) => sum + weight * (mask[unit] as number), 0);
  };
  const found = (calls: number, games: number): number => Array.from({ length: games }, (_, seed) => {
    const played = play(auto, 24, [oneFact(24, seed)], { budget: calls, seed });
    expect(played.masks).toHaveLength(calls);
    const { scores } = first(played);
    return scores.indexOf(Math.max(...scores)) === seed % 24 ? 1 : 0;
  }).reduce((sum: number, one) => sum + one, 0) / games;

  it('finds the one unit of 24 that matters with 10, and mostly with 8', () => {
    expect(found(10, 60)).toBeGreaterThanOrEqual(0.95);
    expect(found(8, 60)).toBeGreaterThanOrEqual(0.85);
  });

  it('has intervals that hold the truth, or none', () => {
    let [held, of] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const rng = createRng(seed, 'weights');
      const weights = Array.from({ length: 30 }, (_, unit) => (unit < 3 ? 2 * gaussian(rng) : 0.1 * gaussian(rng)));
      const value = (mask: Mask): number => weights.reduce((sum, weight, unit) => sum + weight * (mask[unit] as number), 0.3 * gaussian(rng));
      const { intervals } = first(play(auto, 30, [value], { budget: 8 + (seed % 8), seed }));
      intervals?.forEach(([low, high], unit) => {
        held += low <= (weights[unit] as number) && (weights[unit] as number) <= high ? 1 : 0;
        of++;
      });
    }
    expect(of).toBeGreaterThan(0);
    expect(held / of).toBeGreaterThan(0.93);
  });
});
