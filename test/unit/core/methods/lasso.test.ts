import { describe, expect, it } from 'vitest';
import { lasso as fitLasso } from '../../../../src/core/lasso.ts';
import { lasso } from '../../../../src/core/methods/lasso.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Game, Mask } from '../../../../src/core/types.ts';
import { coverage, expectClose, first, play } from '../shapley/games.ts';

const WEIGHTS = [3, 0, 0, -2, 0, 0, 1, 0, 0, 0, 0, 0];
const additive = (mask: Mask): number => mask.reduce((sum, bit, i) => sum + bit * (WEIGHTS[i] as number), -4);
const noisy = (seed: number) => {
  const rng = createRng(seed, 'noise');
  return (mask: Mask): number => additive(mask) + 0.5 * gaussian(rng);
};
const game = (n: number, weight = 1): Game => ({ n, columns: 1, weights: Float64Array.of(weight), rng: createRng(1, 'fit') });
const values = (masks: readonly Mask[], of: (mask: Mask) => number) => masks.map((mask) => Float64Array.of(of(mask)));

describe('what ContextCite asks', () => {
  it('is 64 random halves, fewer when the budget is less, and what was asked for whatever it is', () => {
    const { masks } = play(lasso, 12, [additive]);
    expect(masks).toHaveLength(64);
    expect(Math.abs(masks.reduce((sum, mask) => sum + mask.reduce((total, bit) => total + bit, 0), 0) / (64 * 12) - 0.5)).toBeLessThan(0.08);
    expect(play(lasso, 12, [additive], { budget: 40 }).masks).toHaveLength(40);
    expect(play(lasso, 12, [additive], { options: { num_masks: 96 }, budget: 40 }).masks).toHaveLength(96);
    expect(lasso.evaluations(12, lasso.options.parse({}), 3)).toBe(8);
  });

  it('prescribes log-odds', () => {
    expect(lasso.transform).toBe('log_odds');
  });
});

describe('what ContextCite fits', () => {
  it('is the lasso on standardised masks with the values per token, scaled back', () => {
    const { masks } = play(lasso, 12, [additive]);
    const [fit] = lasso.fit?.(game(12, 7), masks, values(masks, additive), lasso.options.parse({})) ?? [];
    const direct = fitLasso(masks, masks.map((mask) => additive(mask) / 7), 0.01);
    expectClose(fit?.scores ?? [], Array.from(direct.coefficients, (value) => 7 * value));
    expect(fit?.intercept).toBeCloseTo(7 * (direct.intercept + direct.coefficients.reduce((sum, value) => sum + value, 0)), 9);
  });

  it('finds the effects, nearly', () => {
    expectClose(first(play(lasso, 12, [additive])).scores, WEIGHTS, 0.05);
    expectClose(first(play(lasso, 12, [additive], { options: { alpha: 'cv' } })).scores, WEIGHTS, 0.05);
    expectClose(first(play(lasso, 12, [additive], { options: { alpha: 0 } })).scores, WEIGHTS, 1e-4);
  });

  it('a higher α leaves fewer units, and cross-validation fewer than 0.01 in noise', () => {
    const count = (alpha: number | 'cv'): number => Array.from({ length: 10 }, (_, seed) =>
      first(play(lasso, 12, [noisy(seed)], { options: { alpha }, seed })).scores.filter((score) => score !== 0).length,
    ).reduce((sum, left) => sum + left, 0);
    expect(count(0.5)).toBeLessThan(count(0.01));
    expect(count('cv')).toBeLessThan(count(0.01));
  });

  it('intervals hold their scores and cover', () => {
    const games = Array.from({ length: 60 }, (_, seed) => ({ played: play(lasso, 12, [noisy(seed)], { seed }), truth: WEIGHTS }));
    for (const { played } of games) {
      const { scores, intervals } = first(played);
      intervals?.forEach(([low, high], i) => expect(low <= (scores[i] as number) && (scores[i] as number) <= high).toBe(true));
    }
    const share = coverage(games);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.985);
  });

  it('a constant column gets 0, and so does everything when values are equal', () => {
    const { masks } = play(lasso, 12, [additive]);
    const kept = masks.filter((mask) => mask[0] === 1);
    expect(lasso.fit?.(game(12), kept, values(kept, additive), lasso.options.parse({}))[0]?.scores[0]).toBe(0);
    const still = first(play(lasso, 12, [() => 0.1]));
    expect([...still.scores]).toEqual(new Array(12).fill(0));
    expect(still.intercept).toBeCloseTo(0.1, 12);
  });

  it('a unit whose absences all failed is NaN, and the others stay', () => {
    const { scores, intervals } = first(play(lasso, 12, [(mask) => (mask[3] === 0 ? Number.NaN : additive(mask))]));
    expect(scores[3]).toBeNaN();
    expectClose([scores[0], scores[6]] as number[], [3, 1], 0.1);
    if (intervals) expect(intervals[3]).toEqual([NaN, NaN]);
  });

  it('has no intervals where masks were not halves or are few', () => {
    expect(first(play(lasso, 12, [additive], { options: { num_masks: 8 } })).intervals).toBeUndefined();
  });
});
