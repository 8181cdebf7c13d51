import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/core/masks.ts';
import { lshap } from '../../../../src/core/methods/lshap.ts';
import { neighbours, terms } from '../../../../src/core/neighbourhoods.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { anyGame, expectClose, first, play, shapleyByFormula, sum, valueOf } from '../shapley/games.ts';

const additive = (weights: readonly number[]) => (mask: Mask): number => mask.reduce((total, bit, i) => total + bit * (weights[i] as number), 0);
const evaluations = (n: number, options: object = {}): number => lshap.evaluations(n, lshap.options.parse(options), Infinity);

/* IBM's own numbers are in golden.test.ts. */
describe('what L-SHAP asks', () => {
  it('is 9n − 21 evaluations from five units on', () => {
    for (const n of [5, 6, 12, 60, 2000]) expect(evaluations(n)).toBe(9 * n - 21);
  });

  it('is what it said, each mask once, for any reach', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(3), fc.nat(4), (n, reach, most) => {
      const options = { num_neighbors: reach, max_units_replace: most };
      const { masks } = play(lshap, n, [() => 0], { options });
      expect(masks).toHaveLength(evaluations(n, options));
      expect(new Set(masks.map(key)).size).toBe(masks.length);
    }), { numRuns: 60 });
  });
});

describe('neighbourhoods', () => {
  it('are clipped at the ends', () => {
    expect([neighbours(6, 0, 2), neighbours(6, 3, 2), neighbours(6, 5, 1), neighbours(1, 0, 2)]).toEqual([[1, 2], [1, 2, 4, 5], [4], []]);
  });

  it('weigh each size the same, and all of them 1; IBM shrinks where sizes are missing', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(11), fc.nat(3), fc.nat(5), (n, at, reach, most) => {
      const unit = at % n;
      const own = [...terms(n, unit, reach, most, false)];
      expect(sum(own.map(({ coefficient }) => coefficient))).toBeCloseTo(1, 9);
      const sizes = Math.min(most, neighbours(n, unit, reach).length) + 1;
      expect(sum(own.filter(({ without }) => without.length === 0).map(({ coefficient }) => coefficient))).toBeCloseTo(1 / sizes, 9);
      expect(sum([...terms(n, unit, reach, most, true)].map(({ coefficient }) => coefficient))).toBeCloseTo(sizes / (most + 1), 9);
    }));
  });
});

describe('what L-SHAP computes', () => {
  it('is the Shapley value when everybody is a neighbour', () => {
    fc.assert(fc.property(anyGame(5), ({ n, table }) => {
      expectClose(first(play(lshap, n, [valueOf(table)], { options: { num_neighbors: 5, max_units_replace: 5 } })).scores, shapleyByFormula(table));
    }), { numRuns: 30 });
  });

  it('is exact for sums, shares what two neighbours do together, and gives a lone unit its whole effect', () => {
    expectClose(first(play(lshap, 6, [additive([1, -2, 0, 3, 0.5, 0])])).scores, [1, -2, 0, 3, 0.5, 0]);
    const both = first(play(lshap, 7, [(mask) => (mask[2] as number) * (mask[3] as number)])).scores;
    expect(both[2]).toBeGreaterThan(0.5);
    expect(both[2]).toBeCloseTo(both[3] as number, 12);
    expect(both[6]).toBe(0);
    expect(first(play(lshap, 1, [additive([6])])).scores[0]).toBe(6);
    expect(first(play(lshap, 1, [additive([6])], { options: { normalise: 'icx360' } })).scores[0]).toBeCloseTo(2, 12);
  });

  it('a value that failed costs the units that need it', () => {
    const { scores } = first(play(lshap, 9, [(mask) => (mask.join('') === '011111111' ? Number.NaN : additive([1, 1, 1, 1, 1, 1, 1, 1, 1])(mask))]));
    // Unit 0 is a neighbour of 1 and 2 only.
    expect([...scores].map((score) => (Number.isNaN(score) ? 'NaN' : Math.round(score)))).toEqual(['NaN', 'NaN', 'NaN', 1, 1, 1, 1, 1, 1]);
  });
});
