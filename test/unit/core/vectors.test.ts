import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cosine } from '../../../src/core/vectors.ts';

it.each([
  [[1, 0], [0, 2], 0],
  [[1, 2], [2, 4], 1],
  [[1, 2], [-1, -2], -1],
  [[1, 0], [1, 1], Math.SQRT1_2],
  [[1e200, 0], [1e-200, 0], 1],
])('of %j and %j is %d', (a, b, value) => expect(cosine(a, b)).toBeCloseTo(value, 14));

it.each([
  [[0, 0], [1, 0]],
  [[1], [1, 0]],
  [[Number.NaN, 1], [1, 0]],
  [[], []],
])('of %j and %j is NaN', (a, b) => expect(cosine(a, b)).toBeNaN());

it('is symmetric, within [−1, 1], and 1 for a vector and itself', () => {
  const vector = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 }).filter((values) => values.some((value) => Math.abs(value) > 1e-6));
  fc.assert(
    fc.property(vector, vector, (a, b) => {
      expect(cosine(a, b)).toBe(cosine(b, a));
      expect(Math.abs(cosine(a, b))).toBeLessThanOrEqual(1);
      expect(cosine(a, a)).toBeCloseTo(1, 12);
    }),
  );
});
