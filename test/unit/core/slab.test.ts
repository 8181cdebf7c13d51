import { describe, expect, it } from 'vitest';
import { halfMasks } from '../../../src/core/masks.ts';
import { moments, sums } from '../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { slab } from '../../../src/core/slab.ts';
import { expectClose } from './shapley/games.ts';

function data(rows: number, truth: readonly number[], noise: number, seed = 1) {
  const rng = createRng(seed, 'slab');
  const x = halfMasks(truth.length, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const y = Float64Array.from(x, (row) => 4 + row.reduce((sum, value, i) => sum + value * (truth[i] as number), 0) + noise * gaussian(rng));
  return moments(sums(x, y, x.keys()));
}

const truth = Array.from({ length: 30 }, (_, i) => (i === 3 ? 2 : i === 10 ? -3 : i === 20 ? 1 : 0));

describe('slab', () => {
  it('without noise finds the effects and exact zeros, from fewer rows than features', () => {
    const { weights, inclusion } = slab(data(28, truth, 0), new Float64Array(30));
    expectClose(weights, truth, 1e-3);
    expect([...weights].filter((weight) => weight !== 0)).toHaveLength(3);
    expect(inclusion[3]).toBeGreaterThan(0.99);
  });

  it('with noise keeps what is clear, hardly shrunk, and next to nothing of the rest', () => {
    const { weights, inclusion } = slab(data(100, truth, 0.5), new Float64Array(30));
    for (const i of [3, 10, 20]) {
      expect(Math.abs((weights[i] as number) - (truth[i] as number))).toBeLessThan(0.35);
      expect(inclusion[i]).toBeGreaterThan(0.9);
    }
    expect(weights.filter((_, i) => truth[i] === 0).reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeLessThan(0.5);
  });

  it('finds little in noise and nothing in constants', () => {
    const nothing = new Array<number>(30).fill(0);
    const found = Array.from({ length: 20 }, (_, seed) => slab(data(60, nothing, 1, seed), new Float64Array(30)));
    const certain = found.flatMap(({ inclusion }) => [...inclusion]).filter((probability) => probability > 0.95);
    expect(certain.length / 600).toBeLessThan(0.02);
    expect([...slab(data(20, nothing, 0), new Float64Array(30)).weights]).toEqual(nothing);
  });

  it('leaves constant features at 0', () => {
    const rows = Array.from({ length: 12 }, (_, row) => Float64Array.of(0.5, row % 2 ? 0.5 : -0.5));
    const y = Float64Array.from(rows, (row) => 3 * (row[1] as number));
    const { weights } = slab(moments(sums(rows, y, rows.keys())), new Float64Array(2));
    expect(weights[0]).toBe(0);
    expect(weights[1]).toBeCloseTo(3, 3);
  });
});
