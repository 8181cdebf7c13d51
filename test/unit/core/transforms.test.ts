import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { log1mexp, LOWEST_TOKEN, tokenLogProb, TRANSFORMS, transformed } from '../../../src/core/transforms.ts';

const half = Math.log(0.5);
const HIGHEST = Math.log(2 ** 24 - 1);

describe('transformed', () => {
  it.each([
    ['log_prob_sum', 2 * half], ['log_prob_mean', half], ['prob_geo_mean', 0.5], ['prob_prod', 0.25],
    ['log_odds', Math.log(0.25 / 0.75)],
  ] as const)('two tokens of probability ½ by %s', (transform, value) =>
    expect(transformed(2 * half, 2, transform)).toBeCloseTo(value, 14));

  it.each([
    [0.9, Math.log(9)], [0.999999, Math.log(999_999)], [1e-30, -30 * Math.LN10],
  ])('log-odds of %d', (p, value) => expect(transformed(Math.log(p), 1, 'log_odds')).toBeCloseTo(value, 8));

  it('keeps log-odds exact near 1 where 1 − p has lost its digits', () => {
    // log p = −x: 1 − p = x − x²/2 + …, so the log-odds are −x − log x − log(1 − x/2) = −log x − x + x/2 to first order.
    expect(transformed(-1e-6, 1, 'log_odds')).toBeCloseTo(6 * Math.LN10 - 1e-6 + 5e-7, 12);
  });

  it('ends log-odds where single precision ends, so that 0 and one step of rounding are near', () => {
    expect(transformed(0, 1, 'log_odds')).toBeCloseTo(HIGHEST, 6);
    expect(transformed(-1e-300, 1, 'log_odds')).toBe(transformed(0, 1, 'log_odds'));
    expect(transformed(1e-3, 1, 'log_odds')).toBe(transformed(0, 1, 'log_odds'));
    expect(transformed(0, 1, 'log_odds') - transformed(-(2 ** -23), 1, 'log_odds')).toBeLessThan(0.7);
  });

  it.each([Number.NEGATIVE_INFINITY, -9999, -3.4e38, -Number.MAX_VALUE])('brings %d to the lowest token', (sum) => {
    expect(TRANSFORMS.map((transform) => transformed(sum, 1, transform))).toEqual([
      LOWEST_TOKEN,
      LOWEST_TOKEN,
      Math.exp(LOWEST_TOKEN),
      Math.exp(LOWEST_TOKEN),
      LOWEST_TOKEN,
    ]);
    expect(transformed(sum, 3, 'log_prob_sum')).toBe(3 * LOWEST_TOKEN);
  });

  it('takes no token as certain', () => {
    expect(TRANSFORMS.map((transform) => transformed(0, 0, transform))).toEqual([0, 0, 1, 1, expect.closeTo(HIGHEST, 6)]);
  });

  it('keeps NaN', () =>
    expect(TRANSFORMS.map((transform) => transformed(Number.NaN, 2, transform))).toEqual(TRANSFORMS.map(() => Number.NaN)));

  const sum = fc.oneof(
    fc.double({ noNaN: true }),
    fc.double({ min: -400, max: 0, noNaN: true }),
    fc.double({ min: -1e-6, max: 1e-9, noNaN: true }),
  );

  it.each(TRANSFORMS)('%s is finite and never falls when the sum grows', (transform) => {
    fc.assert(
      fc.property(sum, sum, fc.nat(1_000), (a, b, count) => {
        const [low, high] = [transformed(Math.min(a, b), count, transform), transformed(Math.max(a, b), count, transform)];
        expect([low, high].every(Number.isFinite)).toBe(true);
        expect(low).toBeLessThanOrEqual(high + 1e-9 * Math.abs(high));
      }),
    );
  });
});

describe('tokenLogProb', () => {
  it.each([
    [-1.5, -1.5],
    [1e-7, 0],
    [Number.NEGATIVE_INFINITY, LOWEST_TOKEN],
    [-9999, LOWEST_TOKEN],
    [Number.NaN, Number.NaN],
  ])('%d → %d', (reported, kept) => {
    expect(tokenLogProb(reported)).toBe(kept);
  });
});

describe('log1mexp', () => {
  it.each([
    [-1e-10, Math.log(1e-10) - 5e-11],
    [-Math.LN2, -Math.LN2],
    [-1, Math.log(1 - Math.exp(-1))],
    [-50, -Math.exp(-50)],
  ])('%d', (x, value) => {
    expect(log1mexp(x)).toBeCloseTo(value, 13);
  });

  it('is its own inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: -1e-12, noNaN: true }), (x) => {
        expect(log1mexp(log1mexp(x)) / x).toBeCloseTo(1, 12);
      }),
    );
  });
});
