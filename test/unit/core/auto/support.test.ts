import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma } from '../../../../src/core/auto/gamma.ts';
import { makeOdds } from '../../../../src/core/auto/odds.ts';
import { Projection } from '../../../../src/core/auto/projection.ts';
import { support } from '../../../../src/core/auto/support.ts';
import { leastSquares } from '../../../../src/core/linear.ts';
import { halfMasks } from '../../../../src/core/masks.ts';
import { moments, sums } from '../../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { expectClose } from '../shapley/games.ts';

function problem(n: number, rows: number, truth: Readonly<Record<number, number>>, noise: number, seed: number) {
  const rng = createRng(seed, 'support');
  const x = halfMasks(n, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const y = Float64Array.from(x, (row) => Object.entries(truth).reduce((sum, [i, weight]) => sum + weight * (row[Number(i)] as number), 3) + noise * gaussian(rng));
  return { x, y, data: moments(sums(x, y, x.keys())) };
}

describe('logGamma', () => {
  it('is that of factorials and of ½', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 10);
    let factorial = 1;
    for (let k = 1; k < 20; k++, factorial *= k) expect(logGamma(k + 1)).toBeCloseTo(Math.log(factorial), 9);
  });
});

describe('the odds of a set of features', () => {
  it('are those of the integral over the size of the coefficients', () => {
    const [rows, size, count, share] = [20, 10, 3, 0.4];
    const b = (rows - count - 5) / 2 + 0.75;
    const beta = logGamma(0.25) + logGamma(b + 1) - logGamma(b + 1.25);
    let sum = 0;
    // g = e^t, by the trapezoid rule.
    for (let t = -40; t < 40; t += 0.01) {
      const g = Math.exp(t);
      const prior = b * t - (b + 1.25) * Math.log1p(g) - beta;
      sum += 0.01 * g * Math.exp(prior + ((rows - 1 - count) / 2) * Math.log1p(g) - ((rows - 1) / 2) * Math.log1p(g * share));
    }
    expect(makeOdds(rows, size, 1).of(count, share)).toBeCloseTo(Math.log(sum) - Math.log(120), 3);
    expect(makeOdds(rows, size, 2).of(0, 2)).toBeCloseTo(0, 9);
  });

  it('say what a set with some odds leaves', () => {
    const odds = makeOdds(40, 30, 3);
    for (const left of [2.9, 1, 0.1]) expect(odds.leaving(4, odds.of(4, left))).toBeCloseTo(left, 9);
    // So few rows that what is left tells nothing against a set.
    expect(makeOdds(5, 30, 3).leaving(4, -100)).toBe(Infinity);
  });
});

describe('Projection', () => {
  it('is least squares on its members, and knows what every other feature would add', () => {
    fc.assert(fc.property(fc.nat(), (seed) => {
      const { x, y, data } = problem(9, 30, { 1: 2, 4: -1 }, 1, seed);
      const fit = Projection.of(data).add(4).add(1).add(7);
      const [own] = leastSquares(x.map((row) => Float64Array.of(row[4] ?? 0, row[1] ?? 0, row[7] ?? 0)), Array.from(y, (value) => Float64Array.of(value)), 1);
      expectClose(fit.back(fit.shares), own?.coefficients ?? [], 1e-9);
      const errors = fit.inverse().map((row, at) => Math.sqrt(((row[at] as number) * fit.left) / (30 - 4)));
      expectClose(errors, own?.errors ?? [], 1e-9);
      const gain = fit.gain(2);
      const before = fit.left;
      fit.add(2);
      expect(fit.left).toBeCloseTo(before - gain, 9);
      expect(fit.free(2)).toBe(false);
    }), { numRuns: 20 });
  });

  it('with fewer members is to the last bit the one that never had the others, and leaves the one it came from', () => {
    fc.assert(fc.property(fc.nat(), fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 1, maxLength: 6 }), (seed, members) => {
      const { data } = problem(9, 30, { 1: 2, 4: -1 }, 1, seed);
      const on = (features: readonly number[]): Projection => features.reduce((fit, j) => fit.add(j), Projection.of(data));
      const same = (found: Projection, features: readonly number[]): void => {
        const wanted = on(features);
        for (const field of ['members', 'lifted', 'shares', 'left', 'pull', 'own'] as const) expect(found[field]).toEqual(wanted[field]);
        expect(found.best(3)).toBe(wanted.best(3));
      };
      const fit = on(members);
      members.forEach((_, at) => {
        same(fit.without(at), members.filter((__, other) => other !== at));
        same(fit.first(at), members.slice(0, at));
        same(fit.first(at).add(members.at(-1) as number), [...members.slice(0, at), members.at(-1) as number]);
      });
      same(fit, members);
    }), { numRuns: 20 });
  });

  it('finds the free feature of the largest gain, none where nothing is free', () => {
    const { data } = problem(9, 30, { 1: 2, 4: -1 }, 1, 5);
    const fit = Projection.of(data).add(4);
    const free = [...data.pull.keys()].filter((j) => fit.free(j));
    expect(fit.best()).toBe(free.reduce((best, j) => (fit.gain(j) > fit.gain(best) ? j : best)));
    expect(fit.best(1)).not.toBe(1);
    for (const j of free) fit.add(j);
    expect(fit.best()).toBe(-1);
  });
});

describe('support', () => {
  it('without noise is the exact set, of 200 features from 28 rows', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { data } = problem(200, 28, { 3: 2, 50: -1, 120: 0.6 }, 0, seed);
      const { fit, weights } = support(data);
      expect([...fit.members].sort((a, b) => a - b)).toEqual([3, 50, 120]);
      expectClose([weights[3], weights[50], weights[120]] as number[], [2, -1, 0.6], 1e-3);
      expect(weights.filter((weight) => weight !== 0)).toHaveLength(3);
    }
  });

  it('says how probable its features are', () => {
    let certain = 0;
    let right = 0;
    let expected = 0;
    let seen = 0;
    for (let seed = 0; seed < 60; seed++) {
      const truth = { 0: 2, 1: 0.7, 2: 0.4 };
      const { inclusion } = support(problem(30, 40, truth, 0.6, seed).data);
      inclusion.forEach((probability, j) => {
        if (probability > 0.95) [certain, right] = [certain + 1, right + (j < 3 ? 1 : 0)];
        if (j >= 3) [expected, seen] = [expected + probability, seen + 1];
      });
    }
    expect(right / certain).toBeGreaterThan(0.95);
    expect(expected / seen).toBeLessThan(0.05);
  });

  it('of values that never change, and of too few rows, is empty', () => {
    const { data } = problem(5, 20, {}, 0, 1);
    expect(support(data).fit.members).toEqual([]);
    expect([...support(problem(5, 3, { 1: 1 }, 0, 1).data).weights]).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves constant and repeated features out', () => {
    const { x, y } = problem(4, 30, { 1: 2 }, 0.1, 2);
    const rows = x.map((row) => Float64Array.of(0.5, row[1] ?? 0, row[1] ?? 0, row[3] ?? 0));
    const { fit, inclusion } = support(moments(sums(rows, y, rows.keys())));
    expect(fit.members).toHaveLength(1);
    expect(inclusion[0]).toBe(0);
    expect((inclusion[1] as number) + (inclusion[2] as number)).toBeGreaterThan(0.99);
  });
});
