import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldOut, heldOutMasks, predict } from '../../../src/core/faithfulness.ts';
import { full, halfMasks, key, without } from '../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import type { Attribution, Interaction, Mask } from '../../../src/core/types.ts';

const attribution = (scores: readonly number[], interactions?: Interaction[], intercept = -1): Attribution =>
  ({ scores: Float64Array.from(scores), intercept, ...(interactions ? { interactions } : {}) });

describe('heldOutMasks', () => {
  it('are a tenth and at least five, distinct where they can be, never an end above two units', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 900 }), fc.nat(), (n, evaluations, seed) => {
      const masks = heldOutMasks(n, evaluations, createRng(seed, 'held'));
      const wanted = Math.max(5, Math.ceil(evaluations / 10));
      expect(masks).toHaveLength(wanted);
      const keys = new Set(masks.map(key));
      const ends = [key(full(n)), key(new Uint8Array(n))];
      expect(keys.size).toBe(Math.min(wanted, n > 2 ? 2 ** n - 2 : 2 ** n));
      if (n > 2) expect(ends.some((end) => keys.has(end))).toBe(false);
    }));
  });

  it('repeat themselves for a seed', () => {
    expect(heldOutMasks(9, 64, createRng(3, 'held'))).toEqual(heldOutMasks(9, 64, createRng(3, 'held')));
  });
});

describe('predict', () => {
  it('takes the scores of absent units off the intercept', () => {
    expect(predict(attribution([1, 2, -4]), without(3))).toBe(-1);
    expect(predict(attribution([1, 2, -4]), without(3, 0, 2))).toBe(2);
  });

  it('takes a unit without a score for one without an effect', () => {
    expect(predict(attribution([1, Number.NaN]), without(2, 0, 1))).toBe(-2);
  });

  it('is exact for either-suffices and both-needed pairs', () => {
    // Worth 2 when any, or when both, of two units are there: half of it is each unit's over half masks.
    const any = attribution([1, 1], [{ units: [0, 1], score: -2, reading: 'either suffices' }], 2);
    const both = attribution([1, 1], [{ units: [0, 1], score: 2, reading: 'both needed' }], 2);
    const masks = [without(2), without(2, 0), without(2, 1), without(2, 0, 1)];
    expect(masks.map((mask) => predict(any, mask))).toEqual([2, 2, 2, 0]);
    expect(masks.map((mask) => predict(both, mask))).toEqual([2, 0, 0, 0]);
  });
});

describe('heldOut', () => {
  const scores = [3, -1, 0.5, 0, 2, 0];
  const masks = halfMasks(6, 20, createRng(1, 'checks'));
  const seen = (error: number, of: (mask: Mask) => number = (mask) => predict(attribution(scores), mask)): number[] => {
    const rng = createRng(2, 'noise');
    return masks.map((mask) => of(mask) + error * gaussian(rng));
  };

  it('is good where predictions hold', () => {
    expect(heldOut(attribution(scores), masks, seen(0))).toEqual({ holdout_r2: 1, lds: 1, verdict: 'good', reasons: [] });
    expect(heldOut(attribution(scores), masks, seen(0.3)).verdict).toBe('good');
  });

  it('is weak where the order holds and the sizes do not', () => {
    const found = heldOut(attribution(scores.map((score) => 3 * score)), masks, seen(0));
    expect(found).toMatchObject({ lds: 1, verdict: 'weak' });
    expect(found.holdout_r2).toBeLessThan(0);
    expect(found.reasons[0]).toContain('size');
  });

  it('is unusable where the order is no better than chance', () => {
    const rng = createRng(5, 'unrelated');
    const found = heldOut(attribution(scores), masks, masks.map(() => gaussian(rng)));
    expect(found.verdict).toBe('unusable');
    expect(found.reasons[0]).toContain('chance');
    expect(heldOut(attribution(scores.map((score) => -score)), masks, seen(0)).verdict).toBe('unusable');
  });

  it('calls chance by its name: at most about one in twenty unrelated attributions passes', () => {
    const rng = createRng(6, 'chance');
    const passed = Array.from({ length: 400 }, () => heldOut(attribution(scores, []), halfMasks(6, 12, rng), Array.from({ length: 12 }, () => gaussian(rng))))
      .filter(({ verdict }) => verdict !== 'unusable').length;
    expect(passed / 400).toBeLessThan(0.09);
  });

  it('is unusable where sums of single units fall short and pairs were not looked for, else weak', () => {
    // Worth 6 when exactly one of two units is there: no sum of single units can follow it.
    const other = seen(0, (mask) => 6 * ((mask[0] as number) ^ (mask[1] as number)) + 2 * (mask[4] as number));
    const alone = heldOut(attribution([0, 0, 0, 0, 2, 0]), masks, other);
    const paired = heldOut(attribution([0, 0, 0, 0, 2, 0], []), masks, other);
    expect(alone.verdict).toBe('unusable');
    expect(['weak', 'unusable']).toContain(paired.verdict);
    if (paired.verdict === 'unusable') expect(paired.reasons[0]).toContain('chance');
  });

  it('says so when evaluations failed, and judges the rest', () => {
    const values = seen(0.1);
    values[3] = Number.NaN;
    const found = heldOut(attribution(scores), masks, values);
    expect(found.verdict).toBe('good');
    expect(found.reasons).toEqual(['1 of 20 held-out evaluations failed.']);
  });

  it('says so when too few are left to judge', () => {
    const found = heldOut(attribution(scores), masks.slice(0, 3), [1, 2, 3]);
    expect(found).toMatchObject({ holdout_r2: null, lds: null, verdict: 'weak' });
    expect(found.reasons[0]).toContain('too few');
    expect(heldOut(attribution(scores), masks, masks.map(() => Number.NaN)).verdict).toBe('weak');
  });

  it('constant values are explained by no effects, and contradict effects', () => {
    const constant = masks.map(() => -7.5);
    const nothing = heldOut(attribution([0, 0, 0, 0, 0, 0], [], -7.5), masks, constant);
    expect(nothing).toMatchObject({ holdout_r2: null, lds: null, verdict: 'good' });
    expect(nothing.reasons[0]).toContain('did not change');
    expect(heldOut(attribution(scores), masks, constant).verdict).toBe('unusable');
  });

  it('no effects do not explain values that change, and no fit explains nothing', () => {
    expect(heldOut(attribution([0, 0, 0, 0, 0, 0]), masks, seen(0)).verdict).toBe('unusable');
    const failed = heldOut(attribution(scores.map(() => Number.NaN), undefined, Number.NaN), masks, seen(0));
    expect(failed).toMatchObject({ holdout_r2: null, lds: null, verdict: 'unusable' });
  });
});
