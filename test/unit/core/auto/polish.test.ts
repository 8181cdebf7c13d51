import { describe, expect, it } from 'vitest';
import { polish } from '../../../../src/core/auto/polish.ts';
import { halfMasks } from '../../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { pearson } from '../../../../src/core/statistics.ts';

function problem(rows: number, n: number, effect: number, noise: number, seed = 1) {
  const rng = createRng(seed, 'polish');
  const truth = Float64Array.from({ length: n }, () => effect * gaussian(rng));
  const x = halfMasks(n, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const residual = Float64Array.from(x, (row) => 1 + row.reduce((sum, value, i) => sum + value * (truth[i] as number), 0) + noise * gaussian(rng));
  return { x, residual, truth };
}

describe('polish', () => {
  it.each([['more rows than units', 120, 40], ['fewer', 40, 60]])('finds a trend in many small effects: %s', (_, rows, n) => {
    const { x, residual, truth } = problem(rows, n, 0.3, 0.2);
    expect(pearson(polish(x, residual, 1), truth)).toBeGreaterThan(rows > n ? 0.95 : 0.6);
  });

  it('finds them exactly where there is no noise and enough rows', () => {
    const { x, residual, truth } = problem(60, 20, 0.3, 0);
    polish(x, residual, 1).forEach((value, i) => expect(value).toBeCloseTo(truth[i] as number, 4));
  });

  it('mostly finds nothing in noise, and little when it does', () => {
    const sizes = Array.from({ length: 30 }, (_, seed) => {
      const { x, residual } = problem(50, 30, 0, 1, seed);
      return Math.max(...polish(x, residual, 1).map(Math.abs));
    });
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThan(0.6);
  });

  it('leaves the rounding of an exact fit alone', () => {
    const { x, residual } = problem(50, 30, 1e-6, 0);
    expect([...polish(x, residual, 1)]).toEqual(new Array(30).fill(0));
    expect([...polish(x, new Float64Array(50), 1)]).toEqual(new Array(30).fill(0));
  });
});
