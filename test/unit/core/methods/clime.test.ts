import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absentees, key } from '../../../../src/core/masks.ts';
import { clime } from '../../../../src/core/methods/clime.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { anyGame, coverage, expectClose, first, play, valueOf } from '../shapley/games.ts';

const additive = (weights: readonly number[]) => (mask: Mask): number => mask.reduce((sum, bit, i) => sum + bit * (weights[i] as number), -5);
const sizes = (masks: readonly Mask[]): number[] => {
  const counts: number[] = [];
  for (const mask of masks) counts[absentees(mask).length] = (counts[absentees(mask).length] ?? 0) + 1;
  return counts;
};
const evaluations = (n: number, options: object = {}): number => clime.evaluations(n, clime.options.parse(options), Infinity);

/* IBM's own numbers are in golden.test.ts. */
describe('what C-LIME asks', () => {
  it('is all removals of one and two units up to 19 of them, else ten per unit and one', () => {
    for (const n of [1, 2, 5, 19]) expect(evaluations(n)).toBe(1 + n + (n * (n - 1)) / 2);
    for (const n of [20, 40, 1000]) expect(evaluations(n)).toBe(10 * n + 1);
  });

  it('shares what is left evenly among the sizes, halves to even', () => {
    expect(sizes(play(clime, 30, [additive(new Array(30).fill(1))]).masks)).toEqual([1, 30, 270]);
    const odd = play(clime, 5, [additive([1, 1, 1, 1, 1])], { options: { oversampling_factor: 1, empty_subset: false } });
    // T = 5: round(5/2) is 2, which leaves 3.
    expect(sizes(odd.masks)).toEqual([undefined, 2, 3].map((count) => count as number));
  });

  it('never repeats a mask and asks what it said', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }), fc.boolean(), (n, most, factor, empty) => {
      const options = { max_units_replace: most, oversampling_factor: factor, empty_subset: empty };
      const { masks, rounds } = play(clime, n, [additive(new Array(n).fill(1))], { options });
      expect(rounds).toBe(1);
      expect(masks).toHaveLength(evaluations(n, options));
      expect(new Set(masks.map(key)).size).toBe(masks.length);
      expect(masks.every((mask) => absentees(mask).length <= most)).toBe(true);
    }), { numRuns: 60 });
  });
});

describe('what C-LIME fits', () => {
  it('is exact for sums, with any weighting and design', () => {
    const weights = [1, -2, 0, 0.5, 3, 0, 0];
    for (const options of [{}, { weighting: 'unit' }, { max_units_replace: 1 }, { empty_subset: false }, { num_nonzeros: 4 }]) {
      const { scores, intercept } = first(play(clime, 7, [additive(weights)], { options }));
      expectClose(scores, weights);
      expect(intercept).toBeCloseTo(-2.5, 9);
    }
  });

  it('gives nothing to a unit that does nothing, the same to units that do the same, and sums to sums', () => {
    fc.assert(fc.property(anyGame(7, 4), ({ n, table }) => {
      const swapped = (mask: Mask): Mask => Uint8Array.of(mask[1] as number, mask[0] as number, ...mask.slice(2));
      const fair = (mask: Mask): number => valueOf(table)(mask) + valueOf(table)(swapped(mask));
      const mixed = (mask: Mask): number => 2 * valueOf(table)(mask) - fair(mask);
      const [a, b, c] = play(clime, n, [valueOf(table), fair, mixed]).finding.attributions;
      expect(b?.scores[0]).toBeCloseTo(b?.scores[1] as number, 9);
      expectClose(c?.scores ?? [], Array.from(a?.scores ?? [], (score, i) => 2 * score - (b?.scores[i] as number)));
      const idle = first(play(clime, n, [(mask) => (mask[1] as number) * 2 - (mask[2] as number)]));
      expect(idle.scores[0]).toBeCloseTo(0, 9);
    }), { numRuns: 30 });
  });

  it('keeps at most num_nonzeros units: the ones that matter', () => {
    const { scores } = first(play(clime, 10, [additive([0.1, 0, 3, 0, 0, -2, 0, 0.2, 0, 0])], { options: { num_nonzeros: 2 } }));
    expect([...scores.keys()].filter((i) => scores[i] !== 0)).toEqual([2, 5]);
  });

  it.each([[12, 0.64, 0.4], [40, 0.63, 0.28]])('%i units: the noise of a score is %d σ with IBM\'s weighting and %d σ with equal weights', (n, stratum, unit) => {
    const { masks } = play(clime, n, [() => 0]);
    // The fit is linear: what an error of 1 in one value does to a score, for each value.
    const errors = masks.map((mask) => (other: Mask): number => (key(other) === key(mask) ? 1 : 0));
    const noiseOf = (weighting: string): number => {
      const { attributions } = play(clime, n, errors, { options: { weighting } }).finding;
      return Math.sqrt(attributions.reduce((sum, { scores }) => sum + scores.reduce((all, score) => all + score * score, 0), 0) / n);
    };
    expect(noiseOf('stratum')).toBeCloseTo(stratum, 2);
    expect(noiseOf('unit')).toBeCloseTo(unit, 2);
  });

  it('its intervals cover noise', () => {
    const weights = [1, -2, 0, 0, 0.5, 0, 3, 0, 0, 0, 0, 0];
    const games = Array.from({ length: 150 }, (_, seed) => {
      const rng = createRng(seed, 'noise');
      return { played: play(clime, 12, [(mask) => additive(weights)(mask) + 0.5 * gaussian(rng)], { seed }), truth: weights };
    });
    const share = coverage(games);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('fits its own masks among others the same', () => {
    const weights = [1, -2, 0.5, 3, 0, 1];
    const { masks, finding } = play(clime, 6, [additive(weights)]);
    const others = [0b000111, 0b010001].map((code) => Uint8Array.from({ length: 6 }, (_, i) => (code >> i) & 1));
    const all = [...masks, ...others];
    const values = all.map((mask, at) => Float64Array.of(at < masks.length ? additive(weights)(mask) : 99));
    const game = { n: 6, columns: 1, weights: Float64Array.of(1), rng: createRng(1, 'fit') };
    expectClose(clime.fit?.(game, all, values, clime.options.parse({}))[0]?.scores ?? [], finding.attributions[0]?.scores ?? [1]);
  });

  it('a unit whose removals all failed is NaN, and the others stay', () => {
    for (const options of [{}, { num_nonzeros: 3 }]) {
      const { scores } = first(play(clime, 5, [(mask) => (mask[2] === 0 ? Number.NaN : additive([1, 2, 9, 0, -1])(mask))], { options }));
      expect(scores[2]).toBeNaN();
      expectClose([scores[0], scores[1], scores[3], scores[4]] as number[], [1, 2, 0, -1]);
    }
  });
});
