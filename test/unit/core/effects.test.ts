import { describe, expect, it } from 'vitest';
import { effects, intervalsOf } from '../../../src/core/effects.ts';
import { halfMasks } from '../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';

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
});
