import { describe, expect, it } from 'vitest';
import { checkMasks } from '../../../../src/core/auto/checks.ts';
import { key, subsetsOfSize } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { createRng } from '../../../../src/core/rng.ts';
import { everyMask } from '../../../../src/core/subsets.ts';
import { play } from '../shapley/games.ts';
import { game } from './games.ts';

describe('checkMasks', () => {
  it.each([5, 6, 7, 8])('of %i units: no three that are not absent together, whatever the seed', (n) => {
    for (let seed = 0; seed < 20; seed++) {
      const masks = checkMasks(n, 8, new Set(), createRng(seed, 'checks'));
      expect(new Set(masks.map(key)).size).toBe(8);
      for (const three of subsetsOfSize(n, 3)) expect(masks.some((mask) => three.every((unit) => mask[unit] === 0))).toBe(true);
    }
  });

  it('takes none that was asked, and as many as are wanted', () => {
    const taken = new Set(everyMask(8).slice(0, 200).map(key));
    const masks = checkMasks(8, 12, taken, createRng(1, 'checks'));
    expect(masks).toHaveLength(12);
    expect(new Set(masks.map(key)).size).toBe(12);
    expect(taken.size).toBe(212);
  });
});

describe('a triple without effects of units or pairs', () => {
  it.each([7, 8])('is noticed among %i units, whatever the seed', (n) => {
    // Any one of three suffices: nothing happens before the third is away.
    const value = game(n, {}, [{ units: [1, 3, 6], weight: 3, any: true }]);
    for (let seed = 0; seed < 20; seed++) {
      const { masks, finding } = play(auto, n, [value], { seed });
      expect(masks.length).toBeGreaterThan(1 + n + (n * (n - 1)) / 2 + 8);
      const { scores } = finding.attributions[0] ?? { scores: [] };
      const [weak, strong] = [Math.max(...[0, 2, 4, 5].map((i) => Math.abs(scores[i] as number))), Math.min(...[1, 3, 6].map((i) => scores[i] as number))];
      expect(strong).toBeGreaterThan(3 * weak);
    }
  });
});
