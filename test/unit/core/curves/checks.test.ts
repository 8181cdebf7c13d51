import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deletionCurve } from '../../../../src/core/curves/deletion.ts';
import { mostChecks } from '../../../../src/core/curves/bound.ts';
import { checkDesign } from '../../../../src/core/curves/design.ts';
import { checkReport } from '../../../../src/core/curves/report.ts';
import { CHECKS, type CheckSpec } from '../../../../src/core/curves/spec.ts';
import { absentees, key } from '../../../../src/core/masks.ts';
import { mean } from '../../../../src/core/statistics.ts';
import { createRng } from '../../../../src/core/rng.ts';
import { additive, equal } from './games.ts';

const all: CheckSpec = { checks: CHECKS, baselines: 3, topK: [1, 3, 5] };
const rng = (seed = 1) => createRng(seed, 'checks');
const worth = [4, -1, 0.5, 3, 0, 0, 2, 0.25, 0, 1];

describe('the masks', () => {
  const { masks, ...design } = checkDesign(worth, equal(10), all, rng());
  const absent = (row: number | undefined) => absentees(masks[row ?? -1] ?? new Uint8Array()).toSorted((a, b) => a - b);

  it('take units away and put them back in the order of the scores', () => {
    expect([absent(design.full), absent(design.empty).length]).toEqual([[], 10]);
    expect(design.deletion?.score.rows.slice(0, 5).map(absent)).toEqual([[], [0], [0, 3], [0, 3, 6], [0, 3, 6, 9]]);
    expect(design.insertion?.score.rows.slice(8).map(absent)).toEqual([[1, 8], [1], []]);
    expect(design.deletion?.reverse.rows.map(absent)).toEqual([[], [1], [1, 8]]);
    expect(design.insertion?.reverse.rows.map((row) => absent(row).length)).toEqual([10, 9, 8]);
    expect(design.topK?.map(({ row }) => absent(row))).toEqual([[0], [0, 3, 6], [0, 2, 3, 6, 9]]);
    expect(design.topK?.map(({ random }) => random.map((row) => absent(row).length))).toEqual([[1, 1, 1], [3, 3, 3], [5, 5, 5]]);
  });

  it('keep the units alone that hold a fifth of the text and help, and everything but them', () => {
    expect(design.sufficiency).toMatchObject({ units: [0, 3], size: 0.2 });
    expect(absent(design.sufficiency?.row)).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
    expect(absent(design.necessity?.row)).toEqual([0, 3]);
    const only = checkDesign([0, 0, 5, -1, NaN, 0, 0, 0, 0, 0], equal(10), all, rng());
    expect(only.necessity?.units).toEqual([2]);
    expect(checkDesign([NaN, -1, -2], equal(3), all, rng()).necessity?.units).toEqual([1]);
    expect(checkDesign([1, 9, 1, 1, 1], [1, 80, 1, 1, 1], all, rng()).necessity).toMatchObject({ units: [1], size: 80 / 84 });
  });

  it('are none but the ends for what was not asked', () => {
    const some = checkDesign(worth, equal(10), { ...all, checks: ['top_k'], baselines: 0 }, rng());
    expect(some).toMatchObject({ deletion: null, insertion: null, sufficiency: null, necessity: null });
    expect(some.masks).toHaveLength(5);
    expect(mostChecks(equal(10), { ...all, checks: ['top_k'], baselines: 0 })).toBe(5);
    expect(mostChecks(equal(10), { ...all, checks: [] })).toBe(0);
  });

  it('differ from one another, repeat for a seed, and are no more than was said before any score', () => {
    const specs = fc.record({ checks: fc.uniqueArray(fc.constantFrom(...CHECKS), { minLength: 1 }), baselines: fc.nat(4), topK: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }) });
    const units = fc.array(fc.tuple(fc.option(fc.double({ min: -5, max: 5, noNaN: true }), { nil: NaN }), fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 90 });
    fc.assert(fc.property(specs, units, fc.nat(), (spec, list, seed) => {
      const [scores, weights] = [list.map(([score]) => score), list.map(([, weight]) => weight)];
      const found = checkDesign(scores, weights, spec, rng(seed));
      const keys = found.masks.map(key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.length).toBeLessThanOrEqual(mostChecks(weights, spec));
      expect(checkDesign(scores, weights, spec, rng(seed)).masks.map(key)).toEqual(keys);
    }));
  });

  it('stay bounded where units are many', () => {
    for (let n = 8; n <= 64; n += 1) expect(mostChecks(equal(n), all)).toBe(2 + 2 * (n - 1) + 3 * (2 * Math.ceil(n / 5) + 3));
    for (const n of [65, 160, 2000]) expect(mostChecks(equal(n), all)).toBeLessThan(400);
    const many = checkDesign(Float64Array.from({ length: 2000 }, (_, at) => -at), equal(2000), all, rng());
    expect(many.masks.length).toBeLessThanOrEqual(mostChecks(equal(2000), all));
  });
});

describe('the figures', () => {
  it('are those of the game', () => {
    const design = checkDesign(worth, equal(10), all, rng());
    const report = checkReport(design, additive(worth)(design.masks));
    expect(report).toMatchObject({ full: -0.25, empty: -10, missing: 0, needed: design.masks.length });
    expect(report.deletion?.heights).toEqual([0, 4, 7, 9, 10, 10.5, 10.75, 10.75, 10.75, 10.75, 9.75]);
    expect(report.insertion?.heights).toEqual(report.deletion?.heights);
    // trapezoids 2 and 5.5 on two halves of the first fifth; the lowest first: -1, then 0
    expect(report.deletion?.aupc).toBeCloseTo(3.875 - 0.125, 12);
    expect(report.deletion?.reverse.aupc).toBeCloseTo((-0.5 + -1) / 2, 12);
    expect(report.deletion?.gain).toBeCloseTo((report.deletion?.aupc ?? NaN) - mean(report.deletion?.random.aupc.map(Number) ?? []), 12);
    expect(report.topK?.map(({ drop }) => drop)).toEqual([4, 9, 10.5]);
    expect(report.sufficiency).toEqual({ units: [0, 3], size: 0.2, value: -3, share: 7 / 9.75 });
    expect(report.necessity).toEqual({ units: [0, 3], size: 0.2, value: -7.25, share: 7 / 9.75 });
  });

  it('are null where an evaluation is missing, and nowhere else', () => {
    const design = checkDesign(worth, equal(10), all, rng());
    const values = additive(worth)(design.masks);
    values[design.deletion?.score.rows[2] ?? 0] = NaN;
    const report = checkReport(design, values);
    expect(report.deletion?.heights.map((height) => height === null)).toEqual([false, false, true, ...Array<boolean>(8).fill(false)]);
    expect(report.deletion).toMatchObject({ aupc: null, gain: null, reverse: { aupc: expect.any(Number) as number } });
    expect(report.necessity).toMatchObject({ value: null, share: null });
    expect([report.missing, report.insertion?.aupc]).toEqual([1, expect.any(Number)]);
    const nothing = checkReport(design, []);
    expect(nothing).toMatchObject({ full: null, empty: null, missing: design.masks.length, deletion: { aupc: null, gain: null, random: { aupc: [null, null, null] } } });
    expect(nothing.topK).toEqual([1, 3, 5].map((k) => ({ k, drop: null, random: null })));
  });

  it('are null where a value is infinite, as of an answer that the call makes impossible', () => {
    const design = checkDesign(worth, equal(10), all, rng());
    const values = additive(worth)(design.masks);
    values[design.deletion?.score.rows[4] ?? 0] = -Infinity;
    const report = checkReport(design, values);
    expect(report.deletion?.heights.filter((height) => height === null)).toHaveLength(1);
    expect([report.missing, Number.isFinite(report.deletion?.aupc ?? NaN)]).toEqual([1, true]);
  });

  it('have no shares of a drop that is not there', () => {
    const design = checkDesign([1, 0], equal(2), all, rng());
    expect(checkReport(design, additive([0, 0])(design.masks)).sufficiency).toMatchObject({ value: -10, share: null });
    expect(checkReport(design, additive([-1, 0])(design.masks)).necessity).toMatchObject({ share: null });
  });

  it('put the order of an additive game before random ones, and those before the reverse', () => {
    const games = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(fc.property(games, fc.nat(), (scores, seed) => {
      const design = checkDesign(scores, equal(scores.length), all, rng(seed));
      const { deletion, insertion } = checkReport(design, additive(scores)(design.masks));
      for (const curve of [deletion, insertion]) {
        for (const area of curve?.random.aupc ?? []) {
          expect(curve?.aupc).toBeGreaterThanOrEqual((area ?? NaN) - 1e-9);
          expect(area).toBeGreaterThanOrEqual((curve?.reverse.aupc ?? NaN) - 1e-9);
        }
      }
    }));
  });
});

describe('the deletion curve for itself', () => {
  it('asks one round and tells methods apart', async () => {
    let rounds = 0;
    const ask = async (masks: Parameters<ReturnType<typeof additive>>[0]) => {
      rounds += 1;
      return additive(worth)(masks);
    };
    const right = await deletionCurve(worth, equal(10), ask, { count: 5, rng: rng() });
    const wrong = await deletionCurve(worth.map((one) => -one), equal(10), ask, { count: 5, rng: rng() });
    expect(rounds).toBe(2);
    expect(right.whole).toBe(9.75);
    expect(right.curve.aupc).toBeGreaterThan(wrong.curve.aupc ?? NaN);
    expect(right.curve.reverse.aupc).toBeCloseTo(wrong.curve.aupc ?? NaN, 12);
    expect([right.curve.gain ?? NaN, wrong.curve.gain ?? NaN].map(Math.sign)).toEqual([1, -1]);
  });
});
