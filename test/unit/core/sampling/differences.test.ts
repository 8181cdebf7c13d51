import { describe, expect, it } from 'vitest';
import { newcombe } from '../../../../src/core/proportions.ts';
import { differenceOfMeans, differenceOfRates, type Side } from '../../../../src/core/sampling/differences.ts';
import { spreadOf } from '../../../../src/core/sampling/spread.ts';

/** The two sides of a difference: samples of the unchanged call, and of a mask. */
function sides(whole: readonly number[], mask: readonly number[]): [Side, Side] {
  const { variances, freedom } = spreadOf([whole, mask], 0);
  const side = (row: number, samples: readonly number[]): Side => ({ samples, variance: variances[row] ?? NaN, freedom: freedom[row] ?? 0 });
  return [side(0, whole), side(1, mask)];
}

const ones = (count: number, size: number) => Array.from({ length: size }, (_, at) => (at < count ? 1 : 0));
const holdsZero = ([low, high]: readonly [number, number]) => low <= 0 && high >= 0;

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
}

/** How often two answers of one and the same probability pass for an effect: exactly, over all that 7 and r samples can show. */
function falseAlarms(p: number, r: number, interval: (whole: number[], mask: number[]) => readonly [number, number]): number {
  let alarms = 0;
  for (let k = 0; k <= 7; k += 1) {
    for (let m = 0; m <= r; m += 1) {
      const chance = choose(7, k) * choose(r, m) * p ** (k + m) * (1 - p) ** (7 + r - k - m);
      if (!holdsZero(interval(ones(k, 7), ones(m, r)))) alarms += chance;
    }
  }
  return alarms;
}

/**
 * How often noise passes for an effect. In at most 5 % of cases on average over all rates, and at every rate for a mask asked once, which is what the seven
 * samples of the unchanged call are for. With more samples neither interval is exact for so few trials: Newcombe's misses
 * most at a rate of ½ and three samples.
 */
function alarmsOf(r: number, interval: Parameters<typeof falseAlarms>[2]): { average: number; worst: number } {
  const alarms = Array.from({ length: 99 }, (_, at) => falseAlarms((at + 1) / 100, r, interval));
  return { average: alarms.reduce((sum, share) => sum + share, 0) / alarms.length, worst: Math.max(...alarms) };
}

const worstOf = (r: number) => (r === 1 ? 0.05 : 0.0625);

describe('the interval of a difference of means', () => {
  it('is a prediction interval where the mask was asked once', () => {
    // variance 5/3 of 7 samples, for the mask too: 2.4469 · √(5/3 · (1/7 + 1)), t of 6 degrees of freedom
    const whole = [1, 2, 3, 4, 3, 1, 4];
    const variance = whole.reduce((sum, value) => sum + (value - 18 / 7) ** 2, 0) / 6;
    const [low, high] = differenceOfMeans(...sides(whole, [10]), 0.95);
    expect((low + high) / 2).toBeCloseTo(18 / 7 - 10, 12);
    expect((high - low) / 2).toBeCloseTo(2.446912 * Math.sqrt(variance * (8 / 7)), 5);
  });

  it('pools a mask of several samples with the unchanged call by degrees of freedom', () => {
    // variances 2 (3 degrees) and 8 (1 degree): 8 is common, so (3·8 + 3·2)/6 = 5 for the call and 8 for the mask; t of 4 degrees, the mask's
    const whole = [0, 2, 1 + Math.sqrt(2), 1 - Math.sqrt(2)];
    const [low, high] = differenceOfMeans(...sides(whole, [10, 14]), 0.95);
    expect((high - low) / 2).toBeCloseTo(2.776445 * Math.sqrt(5 / 4 + 8 / 2), 5);
  });

  it.each([1, 2, 3, 5, 10])('seldom takes two-valued noise for an effect: %i samples per mask', (r) => {
    const { average, worst } = alarmsOf(r, (whole, mask) => differenceOfMeans(...sides(whole, mask), 0.95));
    expect(average).toBeLessThanOrEqual(0.05);
    expect(worst).toBeLessThanOrEqual(worstOf(r));
  });
});

describe('the interval of a difference of rates', () => {
  it('is Newcombe’s', () => {
    expect(differenceOfRates(ones(5, 7), ones(1, 4), 0.95)).toEqual(newcombe({ successes: 5, trials: 7 }, { successes: 1, trials: 4 }, 0.95));
  });

  it.each([1, 2, 3, 5, 10])('seldom takes noise for an effect: %i samples per mask', (r) => {
    const { average, worst } = alarmsOf(r, (whole, mask) => differenceOfRates(whole, mask, 0.95));
    expect(average).toBeLessThanOrEqual(0.05);
    expect(worst).toBeLessThanOrEqual(worstOf(r));
  });

  it('sees an answer that is always lost, asked once', () => {
    expect(holdsZero(differenceOfRates(ones(7, 7), [0], 0.95))).toBe(false);
  });
});

it('there is no interval where a side has no sample', () => {
  expect(differenceOfRates([], [1], 0.95)).toEqual([NaN, NaN]);
  expect(differenceOfMeans({ samples: [1], variance: 1, freedom: 1 }, { samples: [], variance: NaN, freedom: 1 }, 0.95)).toEqual([NaN, NaN]);
});
