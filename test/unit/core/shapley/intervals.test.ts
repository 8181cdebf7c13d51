import { describe, expect, it } from 'vitest';
import { shapley } from '../../../../src/core/methods/shapley.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { additive, coverage, modelGame, play, shapleyByFormula, type Table, valueOf } from './games.ts';

describe('intervals', () => {
  /** Over games with noise, about the exact value of each game as it was evaluated. */
  const noisy = (estimator: string, n: number, budget: number, games: number): number =>
    coverage(Array.from({ length: games }, (_, seed) => {
      const table: Table = modelGame(n, createRng(seed, 'noisy game'), 0.5);
      const played = play(shapley, n, [valueOf(table)], { options: { estimator }, budget, seed });
      return { played, truth: shapleyByFormula(table) };
    }));

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
});
