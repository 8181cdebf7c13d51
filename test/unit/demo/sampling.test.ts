import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findStop, greatest, pick, uniform } from '../../../demo/sampling.ts';

const logits = Float32Array.of(1, 3, 2, 3, -5);

/** Shares of each token over evenly spread draws: the exact distribution up to one part in the number of draws. */
function shares(temperature: number, topP: number, draws = 20_000): number[] {
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < draws; i++) counts[pick(logits, logits.length, { temperature, topP }, (i + 0.5) / draws)]!++;
  return counts.map((count) => count / draws);
}

function softmax(temperature: number): number[] {
  const weights = Array.from(logits, (logit) => Math.exp(logit / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe('sampling', () => {
  it('is greedy at temperature 0, the first of equals winning', () => {
    expect(pick(logits, logits.length, { temperature: 0, topP: 0.1 }, 0.99)).toBe(1);
    expect(greatest(Float32Array.of(-1, -1, -3), 3)).toBe(0);
    expect(greatest(Float32Array.of(1, 2, 9), 2)).toBe(1);
  });

  it.each([0.5, 1, 2])('follows the softmax at temperature %d', (temperature) => {
    const expected = softmax(temperature);
    for (const [i, share] of shares(temperature, 1).entries()) expect(Math.abs(share - expected[i]!)).toBeLessThan(2e-4);
  });

  it('leaves out what lies outside the nucleus', () => {
    const p = softmax(1);
    const pair = shares(1, p[1]! + p[3]! - 1e-6);
    expect(pair[0]).toBe(0);
    expect(pair[2]).toBe(0);
    expect(pair[1]).toBeCloseTo(0.5, 3);
    expect(shares(1, 0)).toEqual([0, 1, 0, 0, 0]);
    expect(shares(1, 0.999)[4]).toBe(0);
    expect(shares(1e-9, 1).map((share) => share > 0)).toEqual([false, true, false, true, false]);
  });

  it('gives an id at every edge', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(share, fc.constantFrom(0.01, 1, 2), share, (u, temperature, topP) => {
      const id = pick(logits, logits.length, { temperature, topP }, u);
      expect(id >= 0 && id < logits.length).toBe(true);
    }));
  });

  it('draws evenly from any seed, and the same from the same', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), fc.nat(127), (seed, choice) => {
      const draws = Array.from({ length: 400 }, (_, step) => uniform(seed, choice, step));
      expect(draws.every((u) => u >= 0 && u < 1)).toBe(true);
      const mean = draws.reduce((sum, u) => sum + u, 0) / draws.length;
      // Standard error 0.0144: six of them are never passed by chance.
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.087);
      expect(uniform(seed, choice, 7)).toBe(draws[7]);
    }), { numRuns: 50 });
  });

  it('finds the earliest stop text', () => {
    expect(findStop('one two', ['two', 'ne'])).toBe(1);
    expect(findStop('one', ['two'])).toBeNull();
    expect(findStop('one', [])).toBeNull();
  });
});
