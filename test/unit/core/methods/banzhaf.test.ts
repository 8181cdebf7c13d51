import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { banzhafFit } from '../../../../src/core/banzhaf.ts';
import { full, key, without } from '../../../../src/core/masks.ts';
import { banzhaf } from '../../../../src/core/methods/banzhaf.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Attribution, Game, Mask } from '../../../../src/core/types.ts';
import {
  anyGame, coverage, expectClose, first, modelGame, play, roughGame, scoresOf, sum, type Table, valueOf,
} from '../shapley/games.ts';

/** Banzhaf's own formula: every marginal alike. */
function banzhafByFormula(table: Table): number[] {
  return Array.from({ length: Math.log2(table.length) }, (_, unit) => {
    const bit = 2 ** unit;
    const marginals = Array.from(table, (value, set) => ((set & bit) === 0 ? (table[set + bit] as number) - value : 0));
    return sum(marginals) / (table.length / 2);
  });
}

describe('all masks', () => {
  const all = (n: number) => ({ budget: 2 ** n });

  it('is Banzhaf\'s formula, without intervals', () => {
    fc.assert(fc.property(anyGame(10), ({ n, table }) => {
      const played = play(banzhaf, n, [valueOf(table)], all(n));
      expectClose(first(played).scores, banzhafByFormula(table));
      expect(first(played).intervals).toBeUndefined();
      expect(new Set(played.masks.map(key)).size).toBe(2 ** n);
    }), { numRuns: 40 });
  });

  it('the line with these slopes is the least-squares line: its residuals do not correlate with any unit', () => {
    fc.assert(fc.property(anyGame(7), ({ n, table }) => {
      const { scores, intercept } = first(play(banzhaf, n, [valueOf(table)], all(n)));
      const fall = (code: number): number => sum(scores.map((score, unit) => ((code >> unit) & 1 ? 0 : score)));
      const residuals = Array.from(table, (value, code) => value - intercept + fall(code));
      expect(sum(residuals)).toBeCloseTo(0, 8);
      for (let unit = 0; unit < n; unit++) expect(sum(residuals.filter((_, code) => (code >> unit) & 1))).toBeCloseTo(0, 8);
    }), { numRuns: 20 });
  });

  it('null unit, interchangeable units, linearity', () => {
    fc.assert(fc.property(anyGame(7, 3), ({ n, seed, table }) => {
      const other = roughGame(n, createRng(seed, 'other'));
      const idle = (mask: Mask): number => valueOf(table)(Uint8Array.of(0, ...mask.slice(1)));
      const swapped = (mask: Mask): Mask => Uint8Array.of(mask[1] as number, mask[0] as number, ...mask.slice(2));
      const fair = (mask: Mask): number => valueOf(table)(mask) + valueOf(table)(swapped(mask));
      const mixed = (mask: Mask): number => valueOf(table)(mask) - 2 * valueOf(other)(mask);
      const { finding } = play(banzhaf, n, [idle, fair, valueOf(table), valueOf(other), mixed], all(n));
      const [nothing, alike, a, b, combined] = finding.attributions.map(({ scores }) => scores);
      expect(nothing?.[0]).toBe(0);
      expect(alike?.[0]).toBeCloseTo(alike?.[1] as number, 10);
      expectClose(combined ?? [], Array.from(a ?? [], (score, unit) => score - 2 * (b?.[unit] as number)));
    }), { numRuns: 20 });
  });

  it('a lost value costs each unit one marginal', () => {
    const table = Float64Array.from({ length: 32 }, (_, code) => sum([1, 2, 3, 4, 5].filter((__, unit) => (code >> unit) & 1)));
    table[11] = Number.NaN;
    expectClose(scoresOf(banzhaf, table, all(5)), [1, 2, 3, 4, 5]);
  });
});

describe('sampled', () => {
  it('asks for as many different masks as promised, the same for the same seed', () => {
    const anything = fc.record({
      n: fc.integer({ min: 1, max: 30 }),
      budget: fc.integer({ min: 1, max: 300 }),
      asked: fc.option(fc.integer({ min: 8, max: 300 })),
      seed: fc.nat(99),
    });
    fc.assert(fc.property(anything, ({ n, budget, asked, seed }) => {
      const options = { num_masks: asked };
      const promised = banzhaf.evaluations(n, banzhaf.options.parse(options), budget);
      expect(promised).toBe(Math.min(2 ** n, asked ?? Math.max(8, budget)));
      const { masks, finding } = play(banzhaf, n, [(mask) => sum(mask)], { options, budget, seed });
      expect(masks.length).toBe(promised);
      expect(new Set(masks.map(key)).size).toBe(promised);
      expect(play(banzhaf, n, [(mask) => sum(mask)], { options, budget: promised, seed }).finding).toEqual(finding);
    }), { numRuns: 40 });
  });

  it('an open budget takes 256 masks', () => {
    expect(banzhaf.evaluations(40, banzhaf.options.parse({}), Infinity)).toBe(256);
    expect(banzhaf.evaluations(5, banzhaf.options.parse({}), Infinity)).toBe(32);
  });

  it('is the difference of two means', () => {
    const table = roughGame(8, createRng(4, 'game'));
    const played = play(banzhaf, 8, [valueOf(table)], { budget: 60 });
    const mean = (unit: number, bit: number): number => {
      const values = played.masks.filter((mask) => mask[unit] === bit).map(valueOf(table));
      return sum(values) / values.length;
    };
    expectClose(first(played).scores, Array.from({ length: 8 }, (_, unit) => mean(unit, 1) - mean(unit, 0)));
  });

  it('a unit without spread in few masks is not known to be the one that decides', () => {
    const rows = [[1, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]].map((bits) => Uint8Array.from([...bits, ...new Array<number>(9).fill(1)]));
    const more = Array.from({ length: 8 }, (_, at) => Uint8Array.from({ length: 12 }, (__, unit) => (unit === 0 ? at % 2 : (at >> (unit % 3)) % 2)));
    const intervalOf = (masks: readonly Mask[], value: (mask: Mask) => number) =>
      banzhafFit(12, masks, masks.map((mask) => Float64Array.of(value(mask))), 1, 0.95)[0]?.intervals?.[0];
    const decides = (mask: Mask): number => mask[0] as number;
    expect(intervalOf(rows, decides)).toEqual([NaN, NaN]);
    expect(intervalOf([...rows, ...more], decides)).toEqual([1, 1]);
    expect(intervalOf(rows, () => 5)).toEqual([0, 0]);
  });

  it('95 % cover 93 to 97 % over 200 noisy games', () => {
    const n = 20;
    const share = coverage(Array.from({ length: 200 }, (_, seed) => {
      const rng = createRng(seed, 'noisy game');
      const weights = Array.from({ length: n }, () => gaussian(rng));
      const value = (mask: Mask): number =>
        sum(mask) ** 2 / n + sum(weights.map((weight, unit) => weight * (mask[unit] as number))) + gaussian(rng);
      // The marginal of (Σm)²/n is (2s + 1)/n with s others present, (n − 1)/2 of them on average.
      return { played: play(banzhaf, n, [value], { budget: 80, seed }), truth: weights.map((weight) => weight + 1) };
    }));
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('drops rows without a value, and a unit that the rest never lacks is NaN', () => {
    const value = (mask: Mask): number => (mask[0] === 0 ? Number.NaN : sum(mask));
    const { scores, intercept } = first(play(banzhaf, 12, [value], { budget: 200 }));
    expect(Array.from(scores, Number.isNaN)).toEqual([true, ...new Array<boolean>(11).fill(false)]);
    expect(intercept).toBeGreaterThan(0);
    expect(first(play(banzhaf, 12, [() => Number.NaN], { budget: 200 })).scores.every(Number.isNaN)).toBe(true);
  });
});

describe('fit', () => {
  const game = (n: number): Game => ({ n, columns: 1, weights: Float64Array.of(1), rng: createRng(0, 'method') });
  const fit = (n: number, masks: readonly Mask[], value: (mask: Mask) => number): Attribution | undefined =>
    banzhaf.fit?.(game(n), masks, masks.map((mask) => Float64Array.of(value(mask))), banzhaf.options.parse({}))[0];

  it('on the method\'s own masks is what the method says', () => {
    const table = modelGame(10, createRng(6, 'game'), 0.2);
    const played = play(banzhaf, 10, [valueOf(table)], { budget: 150 });
    expect(fit(10, played.masks, valueOf(table))).toEqual(first(played));
  });

  it('leaves out masks that were made for another purpose', () => {
    const played = play(banzhaf, 40, [(mask) => sum(mask)], { budget: 150 });
    const nearlyFull = [full(40), without(40, 0), without(40, 0, 1)];
    expect(fit(40, [...nearlyFull, ...played.masks], (mask) => sum(mask))).toEqual(first(played));
  });

  it('refuses masks that are no half masks', () => {
    const removals = [full(12), ...Array.from({ length: 12 }, (_, lost) => without(12, lost))];
    expect(() => fit(12, removals, (mask) => sum(mask))).toThrow(/no random half masks/);
    expect(() => fit(40, [full(40)], (mask) => sum(mask))).toThrow(/no random half masks/);
  });
});
