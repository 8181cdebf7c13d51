import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeFolds } from '../../../src/core/crossvalidation.ts';
import { areCoins, coinMoments, countCoins } from '../../../src/core/coins.ts';
import { moments, sums } from '../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { expectClose } from './shapley/games.ts';

function design(rows: number, size: number, seed: number) {
  const rng = createRng(seed, 'coins');
  const x = Array.from({ length: rows }, () => Float64Array.from({ length: size }, () => (rng() < 0.5 ? -0.5 : 0.5)));
  return { x, y: Float64Array.from({ length: rows }, () => 3 + gaussian(rng)) };
}

const anyDesign = fc.record({ rows: fc.integer({ min: 1, max: 80 }), size: fc.integer({ min: 1, max: 12 }), seed: fc.nat(), step: fc.integer({ min: 1, max: 3 }) });

describe('counted moments', () => {
  it('are those of any numbers, of any of the rows, with or without a part that is known', () => {
    fc.assert(fc.property(anyDesign, ({ rows, size, seed, step }) => {
      const { x, y } = design(rows, size, seed);
      const held = [...x.keys()].filter((row) => row % (step + 1) === step);
      const wanted = moments(sums(x, y, [...x.keys()].filter((row) => !held.includes(row))));
      const narrow = countCoins(x.map((row) => row.subarray(0, size >> 1)));
      const [all, widened] = [countCoins(x), countCoins(x, narrow)];
      expect(widened).toEqual(all);
      for (const found of [coinMoments(all, y, held), coinMoments(widened, y, held, coinMoments(narrow, y, held))]) {
        expect(found.rows).toBe(wanted.rows);
        for (const field of ['means', 'gram', 'pull'] as const) expectClose(found[field], wanted[field]);
        expectClose([found.centre, found.power], [wanted.centre, wanted.power]);
      }
    }));
  });

  it('are for ±½ alone; folds of other numbers are as before', () => {
    const { x, y } = design(30, 5, 1);
    expect(areCoins(x)).toBe(true);
    const other = x.map((row, at) => (at === 7 ? row.with(2, 0.25) : row));
    expect(areCoins(other)).toBe(false);
    makeFolds(other, y, 10).forEach(({ learnt, held }) => {
      expectClose(learnt.gram, moments(sums(other, y, [...other.keys()].filter((row) => !held.includes(row)))).gram);
    });
  });
});
