import { describe, expect, it } from 'vitest';
import { effects, intervalsOf } from '../../../src/core/effects.ts';
import { complement, full, halfMasks, without } from '../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import type { Mask } from '../../../src/core/types.ts';

const TRUTH = [2, -1, 0.3, 0, 0];

/** Half masks of a game with noise, and the residuals of a model that was never fitted to them. */
function sample(rows: number, seed: number, model: readonly number[]) {
  const rng = createRng(seed, 'effects');
  const x = halfMasks(5, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const residuals = Float64Array.from(x, (row) => row.reduce((sum, value, i) => sum + value * ((TRUTH[i] as number) - (model[i] as number)), 0) + 0.5 * gaussian(rng));
  return { x, own: Float64Array.from(model), residuals };
}

describe('effects', () => {
  it.each([['a model that is right', TRUTH], ['none at all', [0, 0, 0, 0, 0]], ['a wrong one', [0, 3, 1, -1, 0]]])('are unbiased and their intervals cover, with %s', (_, model) => {
    let held = 0;
    const sums = new Float64Array(5);
    for (let seed = 0; seed < 400; seed++) {
      const { x, own, residuals } = sample(48, seed, model);
      const found = effects(x, () => own, residuals);
      if (!found) throw new Error('too few rows');
      found.estimates.forEach((estimate, i) => (sums[i] = (sums[i] as number) + estimate / 400));
      intervalsOf(found, 5, 0.95).forEach(([low, high], i) => {
        if (low <= (TRUTH[i] as number) && (TRUTH[i] as number) <= high) held++;
      });
    }
    TRUTH.forEach((truth, i) => expect(Math.abs((sums[i] as number) - truth)).toBeLessThan(0.12));
    expect(held / 2000).toBeGreaterThan(0.94);
    expect(held / 2000).toBeLessThan(0.98);
  });

  it('are the mean of what the rows contribute, and surer with more rows', () => {
    const [few, many] = [sample(20, 1, TRUTH), sample(320, 1, TRUTH)].map(({ x, own, residuals }) => effects(x, () => own, residuals));
    few?.estimates.forEach((estimate, i) => {
      expect(few.contributions.reduce((sum, adds) => sum + (adds[i] as number), 0) / 20).toBeCloseTo(estimate, 12);
      expect(many?.errors[i]).toBeLessThan(few.errors[i] as number);
    });
  });

  it('are none where rows are few or were not drawn by halves', () => {
    const { x, own, residuals } = sample(9, 1, TRUTH);
    expect(effects(x, () => own, residuals)).toBeNull();
    const present = Array.from({ length: 40 }, () => Float64Array.of(0.5, 0.5));
    expect(effects(present, () => Float64Array.of(0, 0), new Float64Array(40))).toBeNull();
    expect(effects([], () => new Float64Array(0), new Float64Array(0))).toBeNull();
  });

  it('without an error are known once so many rows cannot have drawn another unit alike, or where nothing has an effect', () => {
    const exact = (count: number, effect: number) => {
      const found = effects(
        halfMasks(200, count, createRng(5, 'exact')).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5)),
        () => new Float64Array(200).with(3, effect),
        new Float64Array(count),
      );
      return found ? intervalsOf(found, 200, 0.95).slice(2, 4).map((ends) => ends.map((end) => Math.round(1e9 * end) / 1e9)) : null;
    };
    expect(exact(12, 2)).toEqual([[NaN, NaN], [NaN, NaN]]);
    expect(exact(13, 2)).toEqual([[0, 0], [2, 2]]);
    expect(exact(12, 0)).toEqual([[0, 0], [0, 0]]);
  });

  describe.each([10, 12, 16, 24, 64])('of %i rows', (count) => {
    const seen = (rows: readonly Mask[]) => effects(
      rows.map((mask) => Float64Array.from(mask, (bit) => bit - 0.5)),
      () => new Float64Array(20),
      Float64Array.from(rows, (_, at) => Math.sin(at)),
    );

    it('take half masks', () => {
      for (let seed = 0; seed < 200; seed++) expect(seen(halfMasks(20, count, createRng(seed, 'rows')))).not.toBeNull();
    });

    it('refuse masks that lack few units, or keep few, however few they are', () => {
      const lacking = Array.from({ length: count }, (_, at) => without(20, at % 20, (at + 7) % 20));
      expect(seen(lacking)).toBeNull();
      expect(seen(lacking.map(complement))).toBeNull();
    });

    it('refuse masks whose units come and go together', () => {
      const rng = createRng(count, 'together');
      const together = halfMasks(1, count, rng).map(([bit]) => full(20).map((_, unit) => (unit < 18 ? bit as number : rng() < 0.5 ? 1 : 0)));
      expect(seen(together)).toBeNull();
    });

    it('know nothing of a unit that chance left in every row, and something of the others', () => {
      const rows = halfMasks(20, count, createRng(1, 'rows')).map((mask) => mask.map((bit, unit) => (unit === 4 ? 1 : bit)));
      const found = seen(rows);
      // Five standard deviations can tell that it is no chance where rows are many.
      if (count >= 25) return expect(found).toBeNull();
      const intervals = found ? intervalsOf(found, 20, 0.95) : [];
      expect(intervals.map(([low]) => Number.isNaN(low))).toEqual(Array.from({ length: 20 }, (_, unit) => unit === 4));
    });
  });
});
