import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newcombe, wilson } from '../../../src/core/proportions.ts';

const tally = fc.integer({ min: 1, max: 400 }).chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.nat(trials) }));
const confidence = fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99);

function expectInterval(seen: readonly [number, number], low: number, high: number): void {
  expect(seen[0]).toBeCloseTo(low, 4);
  expect(seen[1]).toBeCloseTo(high, 4);
}

describe('wilson', () => {
  it('gives the published numbers', () => {
    expectInterval(wilson(0, 10), 0, 0.2775);
    expectInterval(wilson(5, 10), 0.2366, 0.7634);
    expectInterval(wilson(81, 263), 0.2553, 0.3662);
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I
    expectInterval(wilson(15, 148), 0.0624, 0.1605);
    expectInterval(wilson(0, 20), 0, 0.1611);
    expectInterval(wilson(1, 29), 0.0061, 0.1718);
  });

  it('stays inside [0, 1], holds the share that was seen, and mirrors', () => {
    fc.assert(fc.property(tally, confidence, ({ successes, trials }, level) => {
      const [low, high] = wilson(successes, trials, level);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(successes / trials);
      expect(high).toBeGreaterThanOrEqual(successes / trials);
      const mirrored = wilson(trials - successes, trials, level);
      expect(mirrored[0]).toBeCloseTo(1 - high, 10);
      expect(mirrored[1]).toBeCloseTo(1 - low, 10);
    }));
  });

  it('narrows as trials grow and as confidence falls', () => {
    fc.assert(fc.property(tally, ({ successes, trials }) => {
      const width = ([low, high]: readonly [number, number]): number => high - low;
      expect(width(wilson(2 * successes, 2 * trials))).toBeLessThan(width(wilson(successes, trials)));
      expect(width(wilson(successes, trials, 0.8))).toBeLessThan(width(wilson(successes, trials, 0.95)));
    }));
  });

  it('covers: exactly, over all outcomes, close to its confidence', () => {
    const trials = 40;
    const shares = Array.from({ length: 99 }, (_, at) => (at + 1) / 100);
    const covered = shares.map((share) => {
      let chance = (1 - share) ** trials;
      let total = 0;
      for (let successes = 0; successes <= trials; successes++) {
        const [low, high] = wilson(successes, trials);
        if (low <= share && share <= high) total += chance;
        chance *= ((trials - successes) / (successes + 1)) * (share / (1 - share));
      }
      return total;
    });
    expect(covered.reduce((sum, value) => sum + value, 0) / covered.length).toBeCloseTo(0.95, 2);
    expect(Math.min(...covered)).toBeGreaterThan(0.83);
  });

  it('says nothing of no trials', () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

describe('newcombe', () => {
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('gives the numbers of table II of the paper, method 10: %d/%d against %d/%d', (a, m, b, n, low, high) => {
    expectInterval(newcombe({ successes: a, trials: m }, { successes: b, trials: n }), low, high);
  });

  it('narrows as both samples grow', () => {
    fc.assert(fc.property(tally, tally, (first, second) => {
      const twice = ({ successes, trials }: typeof first) => ({ successes: 2 * successes, trials: 2 * trials });
      const width = ([low, high]: readonly [number, number]): number => high - low;
      expect(width(newcombe(twice(first), twice(second)))).toBeLessThan(width(newcombe(first, second)));
    }));
  });

  it('stays inside [−1, 1], holds the difference, and turns its sign with the order', () => {
    fc.assert(fc.property(tally, tally, confidence, (first, second, level) => {
      const [low, high] = newcombe(first, second, level);
      const difference = first.successes / first.trials - second.successes / second.trials;
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(difference + 1e-12);
      expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
      const turned = newcombe(second, first, level);
      expect(turned[0]).toBeCloseTo(-high, 10);
      expect(turned[1]).toBeCloseTo(-low, 10);
    }));
  });

  it('says nothing when either side is empty', () => {
    expect(newcombe({ successes: 0, trials: 0 }, { successes: 1, trials: 2 })).toEqual([-1, 1]);
  });
});
