import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldKin, kinOf, withKin } from '../../../../src/core/auto/kin.ts';
import { key } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { createRng, gaussian, sampleWithoutReplacement } from '../../../../src/core/rng.ts';
import { mean } from '../../../../src/core/statistics.ts';
import { dot } from '../../../../src/core/vectors.ts';
import { first, play } from '../shapley/games.ts';
import { game, lds, withNoise, type Value } from './games.ts';

const N = 200;
/** Twenty documents of ten sentences. */
const parents = Int32Array.from({ length: N }, (_, unit) => Math.floor(unit / 10));

describe('groups of units', () => {
  it('count only where units are many and groups hold several', () => {
    expect(kinOf(N, parents)).toHaveLength(20);
    expect(kinOf(N, undefined)).toEqual([]);
    expect(kinOf(64, parents.slice(0, 64))).toEqual([]);
    expect(kinOf(N, Int32Array.from(parents, (_, unit) => unit))).toEqual([]);
    expect(kinOf(N, new Int32Array(N).fill(-1))).toEqual([]);
    expect(kinOf(N, new Int32Array(N))).toEqual([]);
    expect(kinOf(N, Int32Array.from(parents, (parent, unit) => (unit < 5 ? -1 : parent))).flat()).not.toContain(4);
  });

  it('are columns that fold back into units and predict the same', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 11, maxLength: 11 }), fc.nat(), (w, seed) => {
      const rng = createRng(seed, 'rows');
      const kin = [[0, 2, 3], [4, 5]];
      const row = Float64Array.from({ length: 9 }, () => gaussian(rng));
      const coefficients = Float64Array.from(w);
      const [wide] = withKin([row], kin);
      expect(dot(wide as Float64Array, coefficients)).toBeCloseTo(dot(row, foldKin(coefficients, kin)), 8);
    }));
  });
});

describe('many units in groups', () => {
  const effects = [3, -2, 1.5];
  /** Anywhere, and with the two of opposite sign in one group, where they nearly cancel. */
  const places = Array.from({ length: 3 }, (_, seed) => sampleWithoutReplacement(N, 3, createRng(seed, 'groups')));
  const hidden = [[7, 112, 118], [150, 31, 35], [3, 90, 99], [44, 41, 48]];

  it.each([0, 0.5])('three of 200 in 20 are found with a quarter of the calls of leave-one-out, noise %f', (noise) => {
    const calls = [...places, ...hidden].map((where, seed) => {
      const value = game(N, Object.fromEntries(where.map((unit, at) => [unit, effects[at] as number])));
      const played = play(auto, N, [withNoise(value, noise, seed)], { seed, parents, budget: 50 });
      const { scores } = first(played);
      const largest = [...scores.keys()].sort((i, j) => Math.abs(scores[j] as number) - Math.abs(scores[i] as number)).slice(0, 3);
      expect(largest.sort((a, b) => a - b)).toEqual(where.toSorted((a, b) => a - b));
      return played.masks.length;
    });
    expect(mean(calls)).toBeLessThan(45);
  });

  it('two groups of alike units are told from the others, which nobody could who does not know of them', () => {
    const gains = Array.from({ length: 3 }, (_, seed) => {
      const rng = createRng(seed, 'dense');
      const matter = sampleWithoutReplacement(20, 2, rng);
      const value = game(N, Object.fromEntries(Array.from(parents, (parent, unit) => [unit, matter.includes(parent) ? 0.4 + 0.2 * gaussian(rng) : 0])));
      const of = (told: boolean): number => {
        const played = play(auto, N, [withNoise(value, 0.5, seed)], { seed, budget: 50, options: { early_stop: false }, ...(told ? { parents } : {}) });
        return lds(first(played), N, value, seed);
      };
      return { told: of(true), alone: of(false) };
    });
    expect(mean(gains.map(({ told }) => told))).toBeGreaterThan(0.65);
    expect(mean(gains.map(({ told, alone }) => told - alone))).toBeGreaterThan(0.2);
  });

  it('never asks more than it said, nor a mask twice, and is fitted again the same', () => {
    fc.assert(fc.property(fc.integer({ min: 65, max: 120 }), fc.integer({ min: 16, max: 80 }), fc.boolean(), fc.nat(), (n, budget, early, seed) => {
      const rng = createRng(seed, 'parents');
      const own = Int32Array.from({ length: n }, () => Math.floor(12 * rng()) - 1);
      const options = auto.options.parse({ early_stop: early });
      const seen = new Map<string, number>();
      const noisy = withNoise(game(n, { 0: 2, 40: -3, 41: 1 }), 0.3, seed);
      const value: Value = (mask) => {
        const known = seen.get(key(mask)) ?? noisy(mask);
        seen.set(key(mask), known);
        return known;
      };
      const { masks, finding } = play(auto, n, [value], { budget, seed, options, parents: own });
      expect(masks.length).toBeLessThanOrEqual(auto.evaluations(n, options, budget));
      expect(new Set(masks.map(key)).size).toBe(masks.length);
      const shape = { n, columns: 1, weights: Float64Array.of(1), parents: own, rng: createRng(0, 'other') };
      expect(auto.fit?.(shape, masks, masks.map((mask) => Float64Array.of(value(mask))), options)).toEqual(finding.attributions);
    }), { numRuns: 6 });
  });

  it.each([
    ['every unit is alone', 80, Int32Array.from({ length: 80 }, (_, unit) => unit)],
    ['there are few groups', 80, Int32Array.from({ length: 80 }, (_, unit) => unit % 4)],
    ['there are few units', 30, Int32Array.from({ length: 30 }, (_, unit) => Math.floor(unit / 3))],
  ])('nothing changes when %s', (_, n, own) => {
    const value = (): Value => withNoise(game(n, { 3: 2, 20: -1 }), 0.2, 1);
    expect(play(auto, n, [value()], { budget: 48, parents: own })).toEqual(play(auto, n, [value()], { budget: 48 }));
  });

  it('what matters on a later target only is found too', () => {
    const [one, other] = [game(N, { 15: 3 }), game(N, { 123: -2 })];
    const { attributions } = play(auto, N, [one, other], { parents, budget: 60, options: { early_stop: false } }).finding;
    expect(attributions.map(({ scores }) => Math.round(scores[15] as number))).toEqual([3, 0]);
    expect(attributions.map(({ scores }) => Math.round(scores[123] as number))).toEqual([0, -2]);
  });
});
