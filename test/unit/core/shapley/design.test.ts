import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomial, complement, key } from '../../../../src/core/masks.ts';
import { createRng } from '../../../../src/core/rng.ts';
import { coalitionCount, coalitionsOf } from '../../../../src/core/shapley/coalitions.ts';
import { groupsOf, randomOrder } from '../../../../src/core/shapley/groups.ts';
import { kernelDesign } from '../../../../src/core/shapley/kerneldesign.ts';
import { drawWalks } from '../../../../src/core/shapley/walks.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { anyParents, codeOf, keepsGroups, popcount, sum } from './games.ts';

describe('groups and orders', () => {
  it('every unit is in one group, with those of its parent', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }).chain((n) => anyParents(n)), (parents) => {
      const groups = groupsOf(parents.length, parents);
      expect(groups.flat().toSorted((a, b) => a - b)).toEqual(Array.from(parents, (_, unit) => unit));
      for (const group of groups) {
        const names = new Set(group.map((unit) => parents[unit]));
        expect(names.size).toBe(1);
        if (names.has(-1)) expect(group.length).toBe(1);
        else expect(parents.filter((parent) => names.has(parent)).length).toBe(group.length);
      }
    }));
  });

  it('a random order keeps groups together and takes every such order alike', () => {
    const parents = Int32Array.from([0, 1, 0, 1, -1]);
    const rng = createRng(1, 'orders');
    const seen = new Map<string, number>();
    for (let draw = 0; draw < 4800; draw++) {
      const order = Array.from(randomOrder(groupsOf(5, parents), rng));
      expect(keepsGroups(order, parents)).toBe(true);
      seen.set(order.join(), (seen.get(order.join()) ?? 0) + 1);
    }
    // 3! orders of the groups, 2! and 2! inside: 200 of each expected, with a standard deviation of 14.
    expect(seen.size).toBe(24);
    expect(Math.min(...seen.values())).toBeGreaterThan(130);
    expect(Math.max(...seen.values())).toBeLessThan(270);
  });
});

describe('coalitions', () => {
  it('are counted rightly, distinct, and found where the tables say', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }).chain((n) => anyParents(n)), (parents) => {
      const n = parents.length;
      const groups = groupsOf(n, parents);
      const { masks, rows } = coalitionsOf(n, groups);
      expect(masks.length).toBe(coalitionCount(groups));
      expect(new Set(masks.map(key)).size).toBe(masks.length);
      groups.forEach((group, own) => {
        rows[own]?.forEach((row, at) => {
          const mask = masks[row] as Mask;
          expect(group.map((unit) => mask[unit])).toEqual(group.map((_, bit) => (at >> bit) & 1));
          const outside = at >> group.length;
          groups.filter((_, other) => other !== own).forEach((other, bit) => {
            for (const unit of other) expect(mask[unit]).toBe((outside >> bit) & 1);
          });
        });
      });
    }), { numRuns: 40 });
  });
});

describe('walks', () => {
  it('pass the prefixes of an order and their complements', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(100), (n, seed) => {
      const rng = createRng(seed, 'walks');
      const { masks, walks } = drawWalks(n, () => randomOrder(groupsOf(n, undefined), rng), { masks: 100, walks: 3 });
      for (const { order, forward, backward } of walks) {
        for (let k = 0; k <= n; k++) {
          const mask = masks[forward[k] as number] as Mask;
          expect(Array.from(order, (unit) => mask[unit])).toEqual(Array.from(order, (_, at) => (at < k ? 1 : 0)));
          expect(masks[backward[k] as number]).toEqual(complement(mask));
        }
      }
    }), { numRuns: 30 });
  });

  it('share masks, so that a small game gets more of them', () => {
    const rng = createRng(1, 'walks');
    const { masks, walks } = drawWalks(5, () => randomOrder(groupsOf(5, undefined), rng), { masks: 28, walks: 1000 });
    expect(masks.length).toBeLessThanOrEqual(28);
    // Without sharing 28 masks would hold three.
    expect(walks.length).toBeGreaterThan(3);
    expect(drawWalks(5, () => randomOrder(groupsOf(5, undefined), rng), { masks: 32, walks: 7 }).walks.length).toBe(7);
  });
});

describe('kernel design', () => {
  it('is made of different pairs within the size, with the full and the empty mask first', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 400 }), fc.nat(99), (n, count, seed) => {
      const { masks, weights, chances } = kernelDesign(n, count, createRng(seed, 'design'));
      expect(masks.length).toBe(Math.min(2 ** n, 2 * Math.floor(count / 2)));
      expect(new Set(masks.map(key)).size).toBe(masks.length);
      for (let row = 0; row < masks.length; row += 2) expect(masks[row + 1]).toEqual(complement(masks[row] as Mask));
      expect(weights.length).toBe(masks.length);
      expect(weights.slice(2).every((weight) => weight > 0 && weight < Infinity)).toBe(true);
      expect(chances.every((chance) => chance >= 0 && chance <= 1 + 1e-9)).toBe(true);
    }), { numRuns: 60 });
  });

  it('takes every size alike, as far as it goes: that is what the leverage scores say', () => {
    const { masks } = kernelDesign(41, 2 + 2 * 200, createRng(1, 'design'));
    const sizes = new Map<number, number>();
    for (const mask of masks.slice(2)) sizes.set(sum(mask), (sizes.get(sum(mask)) ?? 0) + 1);
    expect([...sizes.values()].every((many) => many === 10)).toBe(true);
    expect(sizes.size).toBe(40);
    const small = kernelDesign(10, 2 + 2 * 100, createRng(1, 'design')).masks.slice(2).map((mask) => sum(mask));
    expect(small.filter((size) => size === 1).length).toBe(10);
    expect(small.filter((size) => size === 9).length).toBe(10);
    // 90 pairs are left for the sizes 2, 3, 4 and the half as large 5.
    expect(small.filter((size) => size === 2).length / small.filter((size) => size === 5).length).toBeCloseTo(1, 0);
  });

  it('its weights make every sum over masks an unbiased estimate of the kernel\'s', () => {
    const n = 6;
    const kernel = (size: number): number => 1 / (binomial(n, size) * size * (n - size));
    const wanted = new Float64Array(2 ** n);
    for (let code = 1; code < 2 ** n - 1; code++) wanted[code] = kernel(popcount(code));
    const seen = new Float64Array(2 ** n);
    const draws = 4000;
    for (let seed = 0; seed < draws; seed++) {
      const { masks, weights } = kernelDesign(n, 25, createRng(seed, 'design'));
      masks.forEach((mask, row) => (seen[codeOf(mask)] = (seen[codeOf(mask)] as number) + (weights[row] as number) / draws));
    }
    for (let code = 0; code < 2 ** n; code++) {
      const weight = wanted[code] as number;
      expect(Math.abs((seen[code] as number) - weight)).toBeLessThanOrEqual(0.12 * weight);
    }
  });
});
