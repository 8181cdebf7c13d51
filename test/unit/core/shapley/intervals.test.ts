import { describe, expect, it } from 'vitest';
import { shapley } from '../../../../src/core/methods/shapley.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { additive, coverage, first, modelGame, play, shapleyByFormula, type Table, valueOf } from './games.ts';

describe('intervals', () => {
  /** Over games with noise, about the exact value of each game without it, or of the game as it was evaluated. */
  const noisy = (estimator: string, n: number, budget: number, games: number, about = 0): number =>
    coverage(Array.from({ length: games }, (_, seed) => {
      const [table, truth] = [0.5, about].map((noise): Table => modelGame(n, createRng(seed, 'noisy game'), noise)) as [Table, Table];
      const played = play(shapley, n, [valueOf(table)], { options: { estimator }, budget, seed });
      return { played, truth: shapleyByFormula(truth) };
    }));

  it.each([['permutation', 9, 100], ['kernel', 10, 60], ['kernel', 10, 300]])('%s, %i units, %i calls: cautious about a game whose noise is its own', (estimator, n, budget) => {
    expect(noisy(estimator, n, budget, 150, 0.5)).toBeGreaterThan(0.96);
  });

  it('permutation: 95 % cover 93 to 97 % over 300 noisy games', () => {
    const share = noisy('permutation', 9, 100, 300);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('permutation: they cover the noiseless value of a large game too, where walks share next to no masks', () => {
    const n = 24;
    const share = coverage(Array.from({ length: 200 }, (_, seed) => {
      const rng = createRng(seed, 'large game');
      const weights = Array.from({ length: n }, () => gaussian(rng));
      const value = (mask: Mask): number => additive(weights)(mask) + 0.5 * gaussian(rng);
      return { played: play(shapley, n, [value], { budget: 300, seed }), truth: weights };
    }));
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  // The jackknife errs on the wide side in small samples.
  it.each([[60, 0.98], [300, 0.97]])('kernel: of %i masks they cover between 0.93 and %d', (budget, most) => {
    const share = noisy('kernel', 10, budget, 200);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(most);
  });

  /** Four units of 30 matter; `group` of them as much as their number needs to be there together. */
  const sparse = (group: number) => (mask: Mask): number =>
    2 * (mask[0] as number) - (mask[1] as number) + (mask.slice(2, 2 + group).every((bit) => bit === 1) ? 3 : 0);
  const share = (walks: number, noise: number): number => coverage(Array.from({ length: 200 }, (_, seed) => {
    const rng = createRng(seed, 'sparse game');
    const truth = Array.from({ length: 30 }, (__, unit) => [2, -1, 1, 1, 1][unit] ?? 0);
    return { played: play(shapley, 30, [(mask) => sparse(3)(mask) + noise * gaussian(rng)], { budget: 2 + 58 * walks, seed }), truth };
  }));

  it.each([2, 3, 4, 8])('permutation: %i walks of a sparse game with noise cover 93 to 97 %', (walks) => {
    const held = share(walks, 0.5);
    expect(held).toBeGreaterThan(0.93);
    expect(held).toBeLessThan(0.97);
  });

  it.each([2, 3, 5, 8])('permutation: %i walks are no false certainty about three units that need one another, without noise', (walks) => {
    let held = 0;
    let given = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { intervals = [] } = first(play(shapley, 30, [sparse(3)], { budget: 2 + 58 * walks, seed }));
      for (const [low, high] of intervals.slice(2, 5)) {
        given += Number.isNaN(low) ? 0 : 1;
        held += low <= 1 && 1 <= high ? 1 : 0;
      }
    }
    // 600 intervals of 200 games: the share itself is sure to two in a hundred.
    expect(held / given).toBeGreaterThan(0.91);
    // Three walks in which a unit was the middle one of the three show nothing.
    expect(given).toBeGreaterThan(walks < 4 ? 500 : 599);
  });

  it('permutation: a unit that always did the same has no width where all did, and no interval where few walks cannot tell', () => {
    const still = first(play(shapley, 30, [sparse(0)], { budget: 118 })).intervals ?? [];
    expect(Math.max(...still.map(([low, high]) => high - low))).toBeLessThan(1e-12);
    const moved = first(play(shapley, 30, [sparse(2)], { budget: 118 })).intervals ?? [];
    expect(moved.map(([low]) => Number.isNaN(low))).toEqual(Array.from({ length: 30 }, (_, unit) => unit !== 2 && unit !== 3));
    const more = first(play(shapley, 30, [sparse(2)], { budget: 2 + 58 * 4 })).intervals ?? [];
    expect(more.flat().some(Number.isNaN)).toBe(false);
  });

  it('permutation: numbers far from 0 do not make rounding a spread', () => {
    const { intervals = [] } = first(play(shapley, 30, [(mask) => 1e6 + 0.1 * sparse(0)(mask)], { budget: 118 }));
    expect(Math.max(...intervals.map(([low, high]) => high - low))).toBe(0);
  });
});
