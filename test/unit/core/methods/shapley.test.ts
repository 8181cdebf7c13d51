import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/core/masks.ts';
import { shapley } from '../../../../src/core/methods/shapley.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Attribution, Mask } from '../../../../src/core/types.ts';
import { anyGame, codeOf, expectClose, modelGame, meanOverOrders, permutationsOf, play, roughGame, scoresOf, shapleyByFormula, sum } from '../shapley/games.ts';

const exact = { options: { estimator: 'exact' } };
const kernel = { options: { estimator: 'kernel' } };
const estimators = ['exact', 'permutation', 'kernel'] as const;
const first = (attributions: readonly Attribution[]): Attribution => attributions[0] as Attribution;
const valueOf = (table: Float64Array) => (mask: Mask): number => table[codeOf(mask)] as number;

describe('exact', () => {
  it('is Shapley\'s formula', () => {
    fc.assert(fc.property(anyGame(10), ({ table }) => expectClose(scoresOf(shapley, table, exact), shapleyByFormula(table))), { numRuns: 40 });
  });

  it('is the mean over all orders', () => {
    fc.assert(fc.property(anyGame(6), ({ n, table }) => {
      expectClose(scoresOf(shapley, table, exact), meanOverOrders(table, permutationsOf(Array.from({ length: n }, (_, unit) => unit))));
    }), { numRuns: 20 });
  });

  it('asks for every mask, whatever the budget: the plan refuses, and nothing else is computed instead', () => {
    const options = shapley.options.parse(exact.options);
    expect([1, 2, 7, 12, 13, 40].map((n) => shapley.evaluations(n, options, 100))).toEqual([2, 4, 128, 4096, 8192, 2 ** 40]);
    const { masks } = play(shapley, 7, [() => 1], { ...exact, budget: 10 });
    expect(new Set(masks.map(key)).size).toBe(128);
  });

  it('gives no intervals, and v of the full mask as intercept', () => {
    const table = roughGame(5, createRng(3, 'game'));
    const { finding } = play(shapley, 5, [valueOf(table)], exact);
    expect(first(finding.attributions).intervals).toBeUndefined();
    expect(first(finding.attributions).intercept).toBe(table[31]);
  });
});

describe('axioms', () => {
  it.each(estimators)('%s: scores add up to v(1) − v(∅), from any sample', (estimator) => {
    fc.assert(fc.property(anyGame(9), fc.integer({ min: 1, max: 300 }), ({ table, seed }, budget) => {
      const scores = scoresOf(shapley, table, { options: { estimator }, budget, seed });
      expect(sum(scores)).toBeCloseTo((table[table.length - 1] as number) - (table[0] as number), 8);
    }), { numRuns: 30 });
  });

  it.each(['exact', 'permutation'] as const)('%s: a unit that never changes anything has exactly nothing', (estimator) => {
    fc.assert(fc.property(anyGame(8, 2), ({ n, seed, table }) => {
      const idle = seed % n;
      const value = (mask: Mask): number => table[codeOf(mask.map((bit, unit) => (unit === idle ? 0 : bit)))] as number;
      const { finding } = play(shapley, n, [value], { options: { estimator }, budget: 60, seed });
      expect(first(finding.attributions).scores[idle]).toBe(0);
    }), { numRuns: 30 });
  });

  it('exact: units that are interchangeable share alike', () => {
    fc.assert(fc.property(anyGame(8, 2), ({ n, seed, table }) => {
      const other = 1 + (seed % (n - 1));
      const value = (mask: Mask): number => {
        const swapped = mask.slice();
        [swapped[0], swapped[other]] = [mask[other] as number, mask[0] as number];
        return (table[codeOf(mask)] as number) + (table[codeOf(swapped)] as number);
      };
      const { scores } = first(play(shapley, n, [value], exact).finding.attributions);
      expect(scores[0]).toBeCloseTo(scores[other] as number, 10);
    }), { numRuns: 30 });
  });

  it.each(estimators)('%s: linear in the values, and every column is treated alike', (estimator) => {
    fc.assert(fc.property(anyGame(8, 2), fc.double({ min: -3, max: 3, noNaN: true }), ({ n, seed, table }, factor) => {
      const other = roughGame(n, createRng(seed, 'other'));
      const both = (mask: Mask): number => valueOf(table)(mask) + factor * valueOf(other)(mask);
      const { finding } = play(shapley, n, [valueOf(table), valueOf(other), both], { options: { estimator }, budget: 50, seed });
      const [a, b, c] = finding.attributions.map((attribution) => attribution.scores);
      expectClose(c as Float64Array, (a as Float64Array).map((score, unit) => score + factor * ((b as Float64Array)[unit] as number)), 1e-8);
    }), { numRuns: 30 });
  });
});

describe('samples', () => {
  it.each(['permutation', 'kernel'] as const)('%s: never more masks than promised, none twice, the same for the same seed', (estimator) => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 400 }), fc.nat(1000), (n, budget, seed) => {
      const options = { estimator };
      const value = (mask: Mask): number => Math.sin(sum(mask.map((bit, unit) => bit * (unit + 1))));
      const promised = shapley.evaluations(n, shapley.options.parse(options), budget);
      const played = play(shapley, n, [value], { options, budget, seed });
      const names = played.masks.map(key);
      expect(names.length).toBeLessThanOrEqual(promised);
      expect(new Set(names).size).toBe(names.length);
      expect(promised).toBeLessThanOrEqual(Math.max(budget, Math.min(2 ** n, 4 * n - 2)));
      const again = play(shapley, n, [value], { options, budget: promised, seed });
      expect(again.masks.map(key)).toEqual(names);
      expect(again.finding).toEqual(played.finding);
    }), { numRuns: 40 });
  });

  it.each(['permutation', 'kernel'] as const)('%s: every mask within the budget is the exact value, without intervals', (estimator) => {
    fc.assert(fc.property(anyGame(8), ({ n, seed, table }) => {
      const { finding } = play(shapley, n, [valueOf(table)], { options: { estimator }, budget: 2 ** n, seed });
      expectClose(first(finding.attributions).scores, shapleyByFormula(table), 1e-8);
      expect(first(finding.attributions).intervals).toBeUndefined();
    }), { numRuns: 30 });
  });

  it('an open budget takes a sample of stated size, and a small one is never too small to judge', () => {
    const options = shapley.options.parse({});
    expect(shapley.evaluations(20, options, Infinity)).toBe(2 + 32 * 19);
    expect(shapley.evaluations(20, options, 5)).toBe(78);
    expect(shapley.evaluations(3, options, 5)).toBe(8);
    expect(shapley.evaluations(20, options, 500.9)).toBe(500);
  });

  it('permutation: uses most of the budget, and shows what it has before it ends', () => {
    const { masks, rounds } = play(shapley, 20, [(mask) => sum(mask)], { budget: 700 });
    expect(masks.length).toBeGreaterThan(700 - 38);
    expect(rounds).toBe(8);
  });

  it('permutation: a game of pairs is exact from any two walks, since an order and its reverse complete each other', () => {
    const rng = createRng(5, 'pairs');
    const weights = Array.from({ length: 12 }, () => Array.from({ length: 12 }, () => gaussian(rng)));
    const value = (mask: Mask): number => weights.reduce((total, row, i) => total + row.reduce((part, weight, j) => part + weight * (mask[i] as number) * (mask[j] as number), 0), 0);
    const wanted = weights.map((row, i) => row.reduce((total, weight, j) => total + (i === j ? weight : (weight + (weights[j]?.[i] as number)) / 2), 0));
    const { scores, intervals } = first(play(shapley, 12, [value], { budget: 46 }).finding.attributions);
    expectClose(scores, wanted);
    for (const [low, high] of intervals ?? []) expect(high - low).toBeLessThan(1e-9);
  });

  it('kernel: an additive game is exact from any sample that can tell it', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(1000), (n, seed) => {
      const weights = Array.from({ length: n }, (_, unit) => Math.cos(seed + unit));
      const value = (mask: Mask): number => 4 + mask.reduce((total, bit, unit) => total + bit * (weights[unit] as number), 0);
      const { scores } = first(play(shapley, n, [value], { ...kernel, budget: 6 * n, seed }).finding.attributions);
      expectClose(scores, weights, 1e-8);
    }), { numRuns: 25 });
  });
});

describe('missing values', () => {
  const lacking = (table: Float64Array, lost: readonly number[]) => (mask: Mask): number => (lost.includes(codeOf(mask)) ? Number.NaN : (table[codeOf(mask)] as number));
  const additive = (n: number): Float64Array => Float64Array.from({ length: 2 ** n }, (_, code) => Array.from({ length: n }, (__, unit) => ((code >> unit) & 1) * (unit + 1)).reduce((a, b) => a + b, 0));
  const wanted = (n: number): number[] => Array.from({ length: n }, (_, unit) => unit + 1);

  it.each(estimators)('%s: leaves out what needs them and keeps the rest', (estimator) => {
    const { scores, intercept } = first(play(shapley, 6, [lacking(additive(6), [5, 20, 42])], { options: { estimator }, budget: 50 }).finding.attributions);
    expectClose(scores, wanted(6), 1e-8);
    expect(intercept).toBe(21);
  });

  it('exact: a unit whose only marginal of a size is lost has no score', () => {
    // Of the marginals that make unit 2 the last to come, there is just the one that needs the mask of the others.
    const { scores } = first(play(shapley, 4, [lacking(additive(4), [0b1011])], exact).finding.attributions);
    expect(Array.from(scores, Number.isNaN)).toEqual([false, false, true, false]);
  });

  it('permutation: without the full mask the others still count', () => {
    const { scores, intercept } = first(play(shapley, 6, [lacking(additive(6), [63])], { budget: 60 }).finding.attributions);
    expectClose(scores, wanted(6));
    expect(intercept).toBeNaN();
  });

  it('kernel: without the full or the empty mask nothing holds', () => {
    for (const lost of [0, 63]) {
      const { scores } = first(play(shapley, 6, [lacking(additive(6), [lost])], { ...kernel, budget: 50 }).finding.attributions);
      expect(scores.every(Number.isNaN)).toBe(true);
    }
  });

  it.each(estimators)('%s: no value at all is no score', (estimator) => {
    const { scores, intervals, intercept } = first(play(shapley, 6, [() => Number.NaN], { options: { estimator }, budget: 50 }).finding.attributions);
    expect(scores.every(Number.isNaN)).toBe(true);
    expect(intervals).toBeUndefined();
    expect(intercept).toBeNaN();
  });

  it('one column\'s gaps are not another\'s', () => {
    const { finding } = play(shapley, 6, [lacking(additive(6), [7, 9, 11]), valueOf(additive(6))], { ...kernel, budget: 40 });
    expect(finding.attributions[1]).toEqual(first(play(shapley, 6, [valueOf(additive(6))], { ...kernel, budget: 40 }).finding.attributions));
  });
});

describe('options', () => {
  it('interactions need the exact estimator', () => {
    expect(shapley.options.safeParse({ order: 2 }).error?.issues[0]?.path).toEqual(['order']);
    expect(shapley.options.safeParse({ order: 2, estimator: 'exact' }).success).toBe(true);
    expect(shapley.options.parse({})).toEqual({ estimator: 'permutation', order: 1 });
    expect(shapley.options.safeParse({ estimator: 'auto' }).success).toBe(false);
  });

  it('order 2 adds the pairs and leaves the scores alone', () => {
    const table = modelGame(6, createRng(2, 'game'), 0.1);
    const plain = first(play(shapley, 6, [valueOf(table)], exact).finding.attributions);
    const paired = first(play(shapley, 6, [valueOf(table)], { options: { estimator: 'exact', order: 2 } }).finding.attributions);
    expect(paired.scores).toEqual(plain.scores);
    expect(plain.interactions).toBeUndefined();
    expect(paired.interactions?.length).toBeGreaterThan(0);
  });
});

describe('intervals', () => {
  /** Share of scores whose interval holds the exact value of the game as evaluated, over many games. */
  function coverage(estimator: 'permutation' | 'kernel', n: number, budget: number, games: number): number {
    let held = 0;
    let count = 0;
    for (let seed = 0; seed < games; seed++) {
      const table = modelGame(n, createRng(seed, 'noisy game'), 0.5);
      const truth = shapleyByFormula(table);
      const { intervals } = first(play(shapley, n, [valueOf(table)], { options: { estimator }, budget, seed }).finding.attributions);
      intervals?.forEach(([low, high], unit) => {
        count++;
        if (low <= (truth[unit] as number) && (truth[unit] as number) <= high) held++;
      });
    }
    expect(count).toBe(games * n);
    return held / count;
  }

  it('permutation: 95 % cover 93 to 97 % over 300 noisy games', () => {
    const share = coverage('permutation', 9, 100, 300);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('permutation: also the noiseless value of a large game, where walks share no masks', () => {
    let held = 0;
    const n = 24;
    for (let seed = 0; seed < 200; seed++) {
      const rng = createRng(seed, 'large game');
      const weights = Array.from({ length: n }, () => gaussian(rng));
      const value = (mask: Mask): number => mask.reduce((total, bit, unit) => total + bit * (weights[unit] as number), 0) + 0.5 * gaussian(rng);
      const { intervals } = first(play(shapley, n, [value], { budget: 300, seed }).finding.attributions);
      intervals?.forEach(([low, high], unit) => (held += low <= (weights[unit] as number) && (weights[unit] as number) <= high ? 1 : 0));
    }
    expect(held / (200 * n)).toBeGreaterThan(0.93);
    expect(held / (200 * n)).toBeLessThan(0.97);
  });

  it.each([[60, 0.93, 0.985], [300, 0.93, 0.97]])('kernel: %i masks', (budget, least, most) => {
    const share = coverage('kernel', 10, budget, 200);
    expect(share).toBeGreaterThan(least);
    expect(share).toBeLessThan(most);
  });
});
