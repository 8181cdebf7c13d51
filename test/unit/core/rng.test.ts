import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, createRng, gaussian, sampleWithoutReplacement, shuffle } from '../../../src/core/rng.ts';
import { mean, variance } from '../../../src/core/statistics.ts';

const draw = (count: number, seed = 7, stream = 'test'): number[] => {
  const rng = createRng(seed, stream);
  return Array.from({ length: count }, () => rng());
};

/** Pearson's χ² of counts against equal shares; its mean is cells − 1 and its deviation √(2(cells − 1)). */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('createRng', () => {
  it('repeats itself for a seed and a stream, and for nothing else', () => {
    fc.assert(fc.property(fc.integer(), fc.string(), (seed, stream) => {
      expect(draw(5, seed, stream)).toEqual(draw(5, seed, stream));
      expect(draw(5, seed, stream)).not.toEqual(draw(5, seed, `${stream}.`));
      expect(draw(5, seed, stream)).not.toEqual(draw(5, seed + 1, stream));
    }));
  });

  it('keeps its numbers over releases: stored results are replayed from them', () => {
    expect(draw(3, 0, 'masks')).toEqual([0.07995252446312684, 0.40000645282986, 0.27756521658297295]);
  });

  it('is uniform on [0, 1), in its high bits and in its low ones', () => {
    const numbers = draw(64_000);
    expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
    const cells = (of: (value: number) => number): number[] => {
      const counts = new Array<number>(64).fill(0);
      for (const value of numbers) counts[of(value)] = (counts[of(value)] as number) + 1;
      return counts;
    };
    expect(chiSquare(cells((value) => Math.floor(value * 64)))).toBeLessThan(63 + 5 * Math.sqrt(126));
    expect(chiSquare(cells((value) => Number((BigInt(value * 2 ** 53)) & 63n)))).toBeLessThan(63 + 5 * Math.sqrt(126));
  });

  it('neighbouring draws, seeds and streams are unrelated', () => {
    const numbers = draw(20_000);
    const related = (a: readonly number[], b: readonly number[]): number =>
      mean(a.map((value, at) => 12 * (value - 0.5) * ((b[at] as number) - 0.5)));
    expect(Math.abs(related(numbers.slice(1), numbers))).toBeLessThan(5 / Math.sqrt(20_000));
    const starts = Array.from({ length: 20_000 }, (_, seed) => createRng(seed, 'test')());
    expect(Math.abs(related(starts.slice(1), starts))).toBeLessThan(5 / Math.sqrt(20_000));
    const others = Array.from({ length: 20_000 }, (_, seed) => createRng(seed, 'tesu')());
    expect(Math.abs(related(starts, others))).toBeLessThan(5 / Math.sqrt(20_000));
  });
});

describe('drawing from it', () => {
  it('below gives every integer under the bound equally often', () => {
    const rng = createRng(1, 'below');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) {
      const at = below(7, rng);
      counts[at] = (counts[at] as number) + 1;
    }
    expect(counts.every((count) => count > 1_700)).toBe(true);
  });

  it('shuffle keeps the items and makes every order equally likely', () => {
    const rng = createRng(2, 'shuffle');
    const orders = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = shuffle([0, 1, 2, 3], rng).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    expect(chiSquare([...orders.values()])).toBeLessThan(23 + 5 * Math.sqrt(46));
  });

  it('sampleWithoutReplacement gives distinct ascending integers, never more than there are', () => {
    fc.assert(fc.property(fc.nat(200), fc.nat(250), fc.integer(), (count, size, seed) => {
      const sample = sampleWithoutReplacement(count, size, createRng(seed, 'sample'));
      expect(sample).toHaveLength(Math.min(count, size));
      expect(sample.every((value, at) => value >= 0 && value < count && (at === 0 || value > (sample[at - 1] as number)))).toBe(true);
    }));
  });

  it('sampleWithoutReplacement makes every subset equally likely', () => {
    const rng = createRng(3, 'subsets');
    const subsets = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const subset = sampleWithoutReplacement(5, 2, rng).join();
      subsets.set(subset, (subsets.get(subset) ?? 0) + 1);
    }
    expect(subsets.size).toBe(10);
    expect(chiSquare([...subsets.values()])).toBeLessThan(9 + 5 * Math.sqrt(18));
  });

  it('sampleWithoutReplacement does not walk through what it draws from', () => {
    expect(sampleWithoutReplacement(Number.MAX_SAFE_INTEGER, 4, createRng(1, 'huge'))).toHaveLength(4);
  });

  it('gaussian has mean 0, variance 1 and the normal tails', () => {
    const rng = createRng(4, 'gaussian');
    const numbers = Array.from({ length: 20_000 }, () => gaussian(rng));
    expect(Math.abs(mean(numbers))).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs(variance(numbers) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
    expect(numbers.filter((value) => Math.abs(value) > 1.959964).length / 20_000).toBeCloseTo(0.05, 2);
  });
});
