import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/core/masks.ts';
import { owen } from '../../../../src/core/methods/owen.ts';
import { createRng } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { coalitionCount } from '../../../../src/core/shapley/coalitions.ts';
import { groupsOf } from '../../../../src/core/shapley/groups.ts';
import {
  anyGame, anyParents, coverage, expectClose, factorial, first, keepsGroups, meanOverOrders, modelGame, permutationsOf, play,
  popcount, roughGame, scoresOf, shapleyByFormula, sum, type Table, valueOf,
} from '../shapley/games.ts';

const grouped = (most: number) => anyGame(most).chain((game) => anyParents(game.n).map((parents) => ({ ...game, parents })));

/** Owen's own formula, with factorial weights over groups and over members of the own group. */
function owenByFormula(table: Table, groups: readonly (readonly number[])[]): number[] {
  const scores = new Array<number>(Math.log2(table.length)).fill(0);
  const codeOfUnits = (units: readonly number[]): number => sum(units.map((unit) => 2 ** unit));
  const weight = (size: number, of: number): number => (factorial(size) * factorial(of - size - 1)) / factorial(of);
  for (const group of groups) {
    const others = groups.filter((other) => other !== group).map(codeOfUnits);
    for (const unit of group) {
      const fellows = group.filter((fellow) => fellow !== unit);
      for (let outside = 0; outside < 2 ** others.length; outside++) {
        for (let inside = 0; inside < 2 ** fellows.length; inside++) {
          const union = sum(others.filter((_, at) => (outside >> at) & 1));
          const set = union + codeOfUnits(fellows.filter((_, at) => (inside >> at) & 1));
          const marginal = (table[set + 2 ** unit] as number) - (table[set] as number);
          const chance = weight(popcount(outside), groups.length) * weight(popcount(inside), group.length);
          scores[unit] = (scores[unit] as number) + chance * marginal;
        }
      }
    }
  }
  return scores;
}

describe('exact', () => {
  it('is Owen\'s formula', () => {
    fc.assert(fc.property(grouped(10), ({ n, table, parents }) => {
      expectClose(scoresOf(owen, table, { parents, budget: 2 ** n }), owenByFormula(table, groupsOf(n, parents)));
    }), { numRuns: 40 });
  });

  it('is the mean over all orders that keep groups together', () => {
    fc.assert(fc.property(grouped(6), ({ n, table, parents }) => {
      const orders = [...permutationsOf(Array.from({ length: n }, (_, unit) => unit))];
      const wanted = meanOverOrders(table, orders.filter((order) => keepsGroups(order, parents)));
      expectClose(scoresOf(owen, table, { parents, budget: 2 ** n }), wanted);
    }), { numRuns: 25 });
  });

  it.each([
    ['no parents', undefined],
    ['one parent', new Int32Array(6).fill(4)],
    ['a parent for each', Int32Array.from([9, 8, 7, 6, 5, 4])],
    ['nobody has a parent', new Int32Array(6).fill(-1)],
  ])('%s: the Shapley value', (_, parents) => {
    const table = roughGame(6, createRng(1, 'game'));
    expectClose(scoresOf(owen, table, { budget: 64, ...(parents ? { parents } : {}) }), shapleyByFormula(table));
  });

  it('adds up to v(1) − v(∅), and units of one group that are interchangeable share alike', () => {
    fc.assert(fc.property(anyGame(9, 3), fc.nat(), ({ n, table }, seed) => {
      const parents = Int32Array.from({ length: n }, (_, unit) => (unit < 2 ? 0 : unit % 3));
      const other = 1 + (seed % (n - 1));
      parents[other] = 0;
      const value = (mask: Mask): number => {
        const swapped = mask.slice();
        [swapped[0], swapped[other]] = [mask[other] as number, mask[0] as number];
        return valueOf(table)(mask) + valueOf(table)(swapped);
      };
      const { scores } = first(play(owen, n, [value], { parents, budget: 2 ** n }));
      expect(scores[0]).toBeCloseTo(scores[other] as number, 10);
      expect(sum(scores)).toBeCloseTo(2 * ((table[table.length - 1] as number) - (table[0] as number)), 8);
    }), { numRuns: 30 });
  });

  it('a group gets what it gets as one unit among groups', () => {
    const parents = Int32Array.from([0, 0, 1, 1, 1, 2, -1]);
    const groups = groupsOf(7, parents);
    const table = roughGame(7, createRng(2, 'game'));
    const quotient = Float64Array.from({ length: 2 ** groups.length }, (_, code) => {
      const units = groups.flatMap((group, at) => ((code >> at) & 1 ? group : []));
      return table[sum(units.map((unit) => 2 ** unit))] as number;
    });
    const scores = scoresOf(owen, table, { parents, budget: 128 });
    expectClose(groups.map((group) => sum(group.map((unit) => scores[unit] as number))), shapleyByFormula(quotient));
  });

  it('needs far fewer masks than 2^n, each asked once', () => {
    const parents = Int32Array.from({ length: 12 }, (_, unit) => Math.floor(unit / 3));
    const need = coalitionCount(groupsOf(12, parents));
    expect(need).toBe(16 + 4 * 8 * 6);
    const played = play(owen, 12, [(mask) => sum(mask)], { parents, budget: need });
    expect(new Set(played.masks.map(key)).size).toBe(need);
    expect(played.masks.length).toBe(need);
    expect(first(played).intervals).toBeUndefined();
  });
});

describe('sampled', () => {
  it('adds up to v(1) − v(∅), stays in the budget, asks nothing twice and repeats itself', () => {
    fc.assert(fc.property(grouped(10), fc.integer({ min: 1, max: 200 }), ({ n, seed, table, parents }, budget) => {
      const played = play(owen, n, [valueOf(table)], { parents, budget, seed });
      expect(sum(first(played).scores)).toBeCloseTo((table[table.length - 1] as number) - (table[0] as number), 8);
      expect(played.masks.length).toBeLessThanOrEqual(owen.evaluations(n, owen.options.parse({}), budget));
      expect(new Set(played.masks.map(key)).size).toBe(played.masks.length);
      expect(play(owen, n, [valueOf(table)], { parents, budget, seed })).toEqual(played);
    }), { numRuns: 40 });
  });

  it('only asks for masks that leave at most one group broken', () => {
    const parents = Int32Array.from({ length: 15 }, (_, unit) => unit % 4);
    const { masks } = play(owen, 15, [(mask) => sum(mask)], { parents, budget: 120 });
    for (const mask of masks) {
      const broken = groupsOf(15, parents).filter((group) => new Set(group.map((unit) => mask[unit])).size === 2);
      expect(broken.length).toBeLessThanOrEqual(1);
    }
  });

  it('its intervals cover Owen\'s value', () => {
    const parents = Int32Array.from([0, 0, 0, 1, 1, 2, 2, 2, 3, 3]);
    const share = coverage(Array.from({ length: 200 }, (_, seed) => {
      const table = modelGame(10, createRng(seed, 'noisy game'), 0.5);
      // The same game without its noise.
      const truth = owenByFormula(modelGame(10, createRng(seed, 'noisy game'), 0), groupsOf(10, parents));
      return { played: play(owen, 10, [valueOf(table)], { parents, budget: 90, seed }), truth };
    }));
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });
});
