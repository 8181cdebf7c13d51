import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapley } from '../../../../src/core/methods/shapley.ts';
import { readingOf } from '../../../../src/core/shapley/reading.ts';
import type { Interaction } from '../../../../src/core/types.ts';
import { anyGame, factorial, first, play, popcount, type Table, valueOf } from './games.ts';

function pairsOf(table: Table): readonly Interaction[] {
  const n = Math.log2(table.length);
  return first(play(shapley, n, [valueOf(table)], { options: { estimator: 'exact', order: 2 } })).interactions ?? [];
}

/** Σ over S without i and j of s!(n − s − 2)!/(n − 1)! times the second difference. */
function byFormula(table: Table, i: number, j: number): number {
  const n = Math.log2(table.length);
  let total = 0;
  for (let set = 0; set < table.length; set++) {
    if ((set >> i) & 1 || (set >> j) & 1) continue;
    const size = popcount(set);
    const at = (code: number): number => table[code] as number;
    const difference = at(set + 2 ** i + 2 ** j) - at(set + 2 ** i) - at(set + 2 ** j) + at(set);
    total += (difference * factorial(size) * factorial(n - size - 2)) / factorial(n - 1);
  }
  return total;
}

const game = (n: number, value: (has: (unit: number) => number) => number): Table =>
  Float64Array.from({ length: 2 ** n }, (_, code) => value((unit) => (code >> unit) & 1));

describe('pair scores', () => {
  it('are the Shapley interaction index, the largest first and at most 20, none negligible', () => {
    fc.assert(fc.property(anyGame(8, 2), ({ n, table }) => {
      const pairs = pairsOf(table);
      for (const { units: [i, j], score } of pairs) expect(score).toBeCloseTo(byFormula(table, i as number, j as number), 9);
      const sizes = pairs.map((pair) => Math.abs(pair.score));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(pairs.length).toBeLessThanOrEqual(Math.min(20, (n * (n - 1)) / 2));
      expect(new Set(pairs.map((pair) => pair.units.join())).size).toBe(pairs.length);
    }), { numRuns: 30 });
  });

  it('of an additive game: none', () => {
    expect(pairsOf(game(6, (has) => 0.1 * has(0) + 0.7 * has(3) - 1.3 * has(5)))).toEqual([]);
  });

  it('either suffices, both needed, and nothing else', () => {
    const pairs = pairsOf(game(7, (has) => 3 * Math.max(has(0), has(4)) + 2 * has(2) * has(5) + has(1) + 0.5 * has(3)));
    expect(pairs.map(({ units, score, reading }) => ({ units, score: Math.round(score * 1e9) / 1e9, reading }))).toEqual([
      { units: [0, 4], score: -3, reading: 'either suffices' },
      { units: [2, 5], score: 2, reading: 'both needed' },
    ]);
  });

  it('a pair that works through a third unit only is independent where the third stands in for it', () => {
    const pairs = pairsOf(game(3, (has) => Math.max(has(0) * has(1), has(2))));
    expect(pairs.find((pair) => pair.units.join() === '0,1')?.reading).toBe('independent');
    expect(pairs.find((pair) => pair.units.join() === '0,2')?.reading).toBe('either suffices');
  });

  it('a pair whose ablation failed is left out', () => {
    const table = game(5, (has) => Math.max(has(0), has(1)) + has(2) * has(3) + has(4));
    table[0b11100] = Number.NaN;
    const pairs = pairsOf(table).map((pair) => pair.units.join());
    expect(pairs).not.toContain('0,1');
    expect(pairs).toContain('2,3');
  });
});

describe('readings', () => {
  it.each([
    [{ full: 1, first: 1, second: 1, neither: 0 }, 'either suffices'],
    [{ full: 1, first: 0.9, second: 0.8, neither: 0 }, 'either suffices'],
    [{ full: 1, first: 0, second: 0, neither: 0 }, 'both needed'],
    [{ full: 3, first: 2, second: 1, neither: 0 }, 'independent'],
    [{ full: 3, first: 2.05, second: 1, neither: 0 }, 'independent'],
    [{ full: 0, first: 0, second: 0, neither: 1 }, 'either suffices'],
    [{ full: 0, first: 1, second: 1, neither: 1 }, 'both needed'],
    [{ full: 0, first: 0, second: 0, neither: 0 }, 'independent'],
    [{ full: 0, first: Number.NaN, second: 0, neither: 0 }, null],
  ] as const)('%j: %s', (ablation, reading) => {
    expect(readingOf(ablation)).toBe(reading);
  });

  it('do not depend on the unit of the value, nor on which unit comes first', () => {
    // Whole numbers and powers of two, so that no rounding moves a value over a boundary.
    const value = fc.integer({ min: -20, max: 20 });
    const ablation = fc.record({ full: value, first: value, second: value, neither: value });
    fc.assert(fc.property(ablation, fc.constantFrom(0.125, 0.5, 2, 64), (seen, unit) => {
      const reading = readingOf(seen);
      expect(readingOf({ ...seen, first: seen.second, second: seen.first })).toBe(reading);
      for (const factor of [unit, -1]) {
        const { full, first: one, second: other, neither } = seen;
        const changed = { full: full * factor, first: one * factor, second: other * factor, neither: neither * factor };
        expect(readingOf(changed)).toBe(reading);
      }
    }));
  });
});
