import { describe, expect, it } from 'vitest';
import { ablationMasks, confirmed, jointAblation } from '../../../../src/core/auto/ablation.ts';
import { screenPairs, withProducts } from '../../../../src/core/auto/pairs.ts';
import { key } from '../../../../src/core/masks.ts';

describe('screenPairs', () => {
  it('pairs the 8 largest effects of either sign, and never a unit without one', () => {
    expect(screenPairs(Float64Array.of(0, 3, 0, -5, 1))).toEqual([[1, 3], [1, 4], [3, 4]]);
    const many = screenPairs(Float64Array.from({ length: 20 }, (_, i) => (i % 2 ? -i : i)));
    expect(many).toHaveLength(28);
    expect(new Set(many.flat())).toEqual(new Set([12, 13, 14, 15, 16, 17, 18, 19]));
    expect(screenPairs(Float64Array.of(0, 2, 0))).toEqual([]);
  });
});

describe('withProducts', () => {
  it('adds a column of ±½ for each pair, ½ where its units are alike', () => {
    const rows = withProducts([[0.5, 0.5, -0.5], [-0.5, 0.5, -0.5]].map((row) => Float64Array.from(row)), [[0, 1], [0, 2]]);
    expect(rows.map((row) => [...row])).toEqual([[0.5, 0.5, -0.5, 0.5, -0.5], [-0.5, 0.5, -0.5, -0.5, 0.5]]);
  });
});

describe('a joint ablation', () => {
  const seen = (full: number, first: number, second: number, neither: number): Map<string, number> =>
    new Map(ablationMasks(5, [1, 3]).map((mask, at) => [key(mask), [full, first, second, neither][at] as number]));

  it('is read from the masks that it needs, or not at all', () => {
    const values = seen(4, 3, 2, 1);
    expect(jointAblation(5, [1, 3], values)).toEqual({ full: 4, first: 3, second: 2, neither: 1 });
    expect(jointAblation(5, [1, 2], values)).toBeNull();
    expect(jointAblation(5, [1, 3], seen(4, 3, Number.NaN, 1))).toBeNull();
  });

  const read = (effect: number, ...values: [number, number, number, number]) => {
    const [full, first, second, neither] = values;
    return confirmed([1, 3], effect, { full, first, second, neither });
  };

  it('proves that either suffices, or that both are needed', () => {
    expect(read(-2, 2, 2, 2, 0)).toEqual({ units: [1, 3], score: -2, reading: 'either suffices' });
    expect(read(2, 2, 0, 0, 0).reading).toBe('both needed');
    // Of units that lower the value, too.
    expect(read(2, 0, 0, 0, 2).reading).toBe('either suffices');
    expect(read(-2, 0, 2, 2, 2).reading).toBe('both needed');
  });

  it('takes back what it does not show', () => {
    expect(read(-2, 3, 2, 1, 0).reading).toBe('independent');
    expect(read(-2, 3, 2.8, 1.1, 0.5).reading).toBe('independent');
    expect(read(2, 2, 2, 2, 0).reading).toBe('independent');
  });
});
