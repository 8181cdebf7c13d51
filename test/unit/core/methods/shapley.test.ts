import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/core/masks.ts';
import { shapley } from '../../../../src/core/methods/shapley.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import {
  additive, anyGame, expectClose, first, meanOverOrders, modelGame, permutationsOf, play, roughGame, scoresOf, shapleyByFormula,
  sum, valueOf,
} from '../shapley/games.ts';

const exact = { options: { estimator: 'exact' } };
const kernel = { options: { estimator: 'kernel' } };
const estimators = ['exact', 'permutation', 'kernel'] as const;
const samplers = ['permutation', 'kernel'] as const;

describe('exact', () => {
  it('is Shapley\'s formula', () => {
    const is = fc.property(anyGame(10), ({ table }) => expectClose(scoresOf(shapley, table, exact), shapleyByFormula(table)));
    fc.assert(is, { numRuns: 40 });
  });

  it('is the mean over all orders', () => {
    fc.assert(fc.property(anyGame(6), ({ n, table }) => {
      const orders = permutationsOf(Array.from({ length: n }, (_, unit) => unit));
      expectClose(scoresOf(shapley, table, exact), meanOverOrders(table, orders));
    }), { numRuns: 20 });
  });

  it('asks for every mask, whatever the budget: the plan refuses, and nothing else is computed instead', () => {
    const options = shapley.options.parse(exact.options);
    const needs = [1, 2, 7, 12].map((n) => shapley.evaluations(n, options, 100));
    expect(needs).toEqual([2, 4, 128, 4096]);
    const { masks } = play(shapley, 7, [() => 1], { ...exact, budget: 10 });
    expect(new Set(masks.map(key)).size).toBe(128);
  });

  it.each([13, 14, 60])('refuses %i units, under an open budget too, before it enumerates anything', (n) => {
    const options = shapley.options.parse(exact.options);
    const refused = { code: 'budget_too_small', message: expect.stringMatching(/up to 12 units/) as string };
    for (const budget of [100, 2 ** n, Infinity]) expect(() => shapley.evaluations(n, options, budget)).toThrow(expect.objectContaining(refused));
    expect(() => play(shapley, n, [() => 1], exact)).toThrow(expect.objectContaining(refused));
  });

  it('gives no intervals, and v of the full mask as intercept', () => {
    const table = roughGame(5, createRng(3, 'game'));
    const attribution = first(play(shapley, 5, [valueOf(table)], exact));
    expect(attribution.intervals).toBeUndefined();
    expect(attribution.intercept).toBe(table[31]);
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
      const value = (mask: Mask): number => valueOf(table)(mask.map((bit, unit) => (unit === idle ? 0 : bit)));
      expect(first(play(shapley, n, [value], { options: { estimator }, budget: 60, seed })).scores[idle]).toBe(0);
    }), { numRuns: 30 });
  });

  it('exact: units that are interchangeable share alike', () => {
    fc.assert(fc.property(anyGame(8, 2), ({ n, seed, table }) => {
      const other = 1 + (seed % (n - 1));
      const value = (mask: Mask): number => {
        const swapped = mask.slice();
        [swapped[0], swapped[other]] = [mask[other] as number, mask[0] as number];
        return valueOf(table)(mask) + valueOf(table)(swapped);
      };
      const { scores } = first(play(shapley, n, [value], exact));
      expect(scores[0]).toBeCloseTo(scores[other] as number, 10);
    }), { numRuns: 30 });
  });

  it.each(estimators)('%s: linear in the values, and every column is treated alike', (estimator) => {
    fc.assert(fc.property(anyGame(8, 2), fc.double({ min: -3, max: 3, noNaN: true }), ({ n, seed, table }, factor) => {
      const other = roughGame(n, createRng(seed, 'other'));
      const both = (mask: Mask): number => valueOf(table)(mask) + factor * valueOf(other)(mask);
      const { finding } = play(shapley, n, [valueOf(table), valueOf(other), both], { options: { estimator }, budget: 50, seed });
      const [a, b, c] = finding.attributions.map(({ scores }) => scores) as [Float64Array, Float64Array, Float64Array];
      expectClose(c, a.map((score, unit) => score + factor * (b[unit] as number)), 1e-8);
    }), { numRuns: 30 });
  });
});

describe('samples', () => {
  it.each(samplers)('%s: never more masks than promised, none twice, the same for the same seed', (estimator) => {
    const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
    const anything = fc.record({ n: size(30), budget: size(400), seed: fc.nat(1000) });
    fc.assert(fc.property(anything, ({ n, budget, seed }) => {
      const options = { estimator };
      const value = (mask: Mask): number => Math.sin(sum(mask.map((bit, unit) => bit * (unit + 1))));
      const promised = shapley.evaluations(n, shapley.options.parse(options), budget);
      const played = play(shapley, n, [value], { options, budget, seed });
      const names = played.masks.map(key);
      expect(names.length).toBeLessThanOrEqual(promised);
      expect(new Set(names).size).toBe(names.length);
      expect(promised).toBeLessThanOrEqual(Math.max(budget, Math.min(2 ** n, 4 * n - 2)));
      // A replay is given what was promised in place of the budget.
      const again = play(shapley, n, [value], { options, budget: promised, seed });
      expect(again.masks.map(key)).toEqual(names);
      expect(again.finding).toEqual(played.finding);
    }), { numRuns: 40 });
  });

  it.each(samplers)('%s: every mask within the budget is the exact value, without intervals', (estimator) => {
    fc.assert(fc.property(anyGame(8), ({ n, seed, table }) => {
      const attribution = first(play(shapley, n, [valueOf(table)], { options: { estimator }, budget: 2 ** n, seed }));
      expectClose(attribution.scores, shapleyByFormula(table), 1e-8);
      expect(attribution.intervals).toBeUndefined();
    }), { numRuns: 30 });
  });

  it('an open budget takes a sample of stated size, and a small one is never too small to judge', () => {
    const options = shapley.options.parse({});
    expect(shapley.evaluations(20, options, Infinity)).toBe(2 + 32 * 19);
    expect(shapley.evaluations(20, options, 5)).toBe(78);
    expect(shapley.evaluations(3, options, 5)).toBe(8);
    expect(shapley.evaluations(20, options, 500.9)).toBe(500);
  });

  it('permutation: uses most of the budget, in a few rounds', () => {
    const { masks, rounds } = play(shapley, 20, [(mask) => sum(mask)], { budget: 700 });
    expect(masks.length).toBeGreaterThan(700 - 38);
    expect(rounds).toBe(8);
  });

  it('permutation: says after each round what it has', () => {
    const game = { n: 16, columns: 1, weights: Float64Array.of(1), rng: createRng(1, 'method') };
    const run = shapley.run(game, shapley.options.parse({}), 300);
    const widths: number[] = [];
    let step = run.next();
    while (!step.done) {
      const [low, high] = step.value.soFar?.[0]?.intervals?.[0] ?? [0, Infinity];
      widths.push(high - low);
      step = run.next(step.value.masks.map((mask) => Float64Array.of(sum(mask) ** 3)));
    }
    expect(widths[0]).toBe(Infinity);
    expect(widths.length).toBe(5);
    expect(widths.slice(1).every((width) => width > 0 && width < Infinity)).toBe(true);
  });

  it('permutation: a game of pairs is exact from any two walks, since an order and its reverse complete each other', () => {
    const n = 12;
    const rng = createRng(5, 'pairs');
    const pairs = Array.from({ length: n }, () => Array.from({ length: n }, () => gaussian(rng)));
    const value = (mask: Mask): number => sum(pairs.map((row, i) => (mask[i] as number) * additive(row)(mask)));
    const wanted = pairs.map((row, i) => sum(row.map((weight, j) => (weight + ((pairs[j] as number[])[i] as number)) / 2)));
    for (const budget of [46, 200]) {
      const { scores, intervals } = first(play(shapley, n, [value], { budget }));
      expectClose(scores, wanted);
      // Nothing tells a game of pairs from one of larger groups after so few walks: they do not claim to be exact.
      expect(intervals?.every(([low, high], unit) => low < (wanted[unit] as number) && (wanted[unit] as number) < high)).toBe(true);
    }
  });

  it('kernel: an additive game is exact from any sample that can tell it', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(1000), (n, seed) => {
      const weights = Array.from({ length: n }, (_, unit) => Math.cos(seed + unit));
      const { scores } = first(play(shapley, n, [(mask) => 4 + additive(weights)(mask)], { ...kernel, budget: 6 * n, seed }));
      expectClose(scores, weights, 1e-8);
    }), { numRuns: 25 });
  });
});

describe('options', () => {
  it('interactions need the exact estimator, and there is no estimator that chooses', () => {
    expect(shapley.options.safeParse({ order: 2 }).error?.issues[0]?.path).toEqual(['order']);
    expect(shapley.options.safeParse({ order: 2, estimator: 'exact' }).success).toBe(true);
    expect(shapley.options.parse({})).toEqual({ estimator: 'permutation', order: 1, confidence: 0.95 });
    expect(shapley.options.safeParse({ estimator: 'auto' }).success).toBe(false);
  });

  it('order 2 adds the pairs and leaves the scores alone', () => {
    const table = modelGame(6, createRng(2, 'game'), 0.1);
    const plain = first(play(shapley, 6, [valueOf(table)], exact));
    const paired = first(play(shapley, 6, [valueOf(table)], { options: { estimator: 'exact', order: 2 } }));
    expect(paired.scores).toEqual(plain.scores);
    expect(plain.interactions).toBeUndefined();
    expect(paired.interactions?.length).toBeGreaterThan(0);
  });

  it.each(samplers)('%s: more confidence is a wider interval about the same score', (estimator) => {
    const table = modelGame(8, createRng(2, 'game'), 0.1);
    const width = (confidence: number): number[] => {
      const attribution = first(play(shapley, 8, [valueOf(table)], { options: { estimator, confidence }, budget: 60 }));
      return Array.from(attribution.intervals ?? [], ([low, high]) => high - low);
    };
    const wide = width(0.99);
    expect(wide.length).toBe(8);
    width(0.8).forEach((narrow, unit) => expect(narrow).toBeLessThan(wide[unit] as number));
  });
});
