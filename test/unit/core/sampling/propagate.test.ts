import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propagated, replicate, replicatesOf } from '../../../../src/core/sampling/propagate.ts';
import { createRng } from '../../../../src/core/rng.ts';
import type { Attribution, Values } from '../../../../src/core/types.ts';

/** Scores that are sums of values: one row of coefficients per unit. */
const linear = (coefficients: readonly (readonly number[])[]) => (values: Values, columns: number): Attribution[] =>
  Array.from({ length: columns }, (_, column) => ({
    scores: Float64Array.from(coefficients, (row) => row.reduce((sum, factor, mask) => sum + factor * (values[mask]?.[column] ?? NaN), 0)),
    intercept: 0,
  }));

describe('noise put through a method', () => {
  it('moves a linear score by exactly √Σ c²σ², for as many masks as replicates', () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    const masks = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(masks.chain((size) => fc.tuple(fc.array(number, { minLength: size, maxLength: size }), fc.array(number, { minLength: size, maxLength: size }), fc.array(number, { minLength: size, maxLength: size }))), ([centre, factors, sds]) => {
        const variances = Float64Array.from(sds, (sd) => sd * sd);
        const { values, columns } = replicate(Float64Array.from(centre), Float64Array.from(centre), variances, 64, createRng(1, 'test'));
        const [seen] = propagated(linear([factors])(values, columns));
        expect(seen).toBeCloseTo(Math.sqrt(factors.reduce((sum, factor, at) => sum + factor * factor * (variances[at] ?? NaN), 0)), 7);
      }),
    );
  });

  it('does so on average for more masks', () => {
    const size = 500;
    const ones = new Float64Array(size).fill(1);
    const seen = Array.from({ length: 40 }, (_, seed) => {
      const { values, columns } = replicate(ones, ones, ones, 64, createRng(seed, 'test'));
      return (propagated(linear([[...ones]])(values, columns))[0] ?? NaN) ** 2;
    });
    expect(seen.reduce((sum, square) => sum + square, 0) / seen.length / size).toBeCloseTo(1, 0);
  });

  it('keeps what the method decides by, and the target, as they were', () => {
    const { values } = replicate(Float64Array.of(7, 8), Float64Array.of(1, NaN), Float64Array.of(4, NaN), 8, createRng(1, 'test'));
    expect(values.map((row) => [...row])).toEqual([[7, 1, 3, 3], [8, NaN, NaN, NaN]]);
  });

  it('has fewer replicates for many targets', () => {
    expect([1, 4, 5, 16, 64].map(replicatesOf)).toEqual([64, 64, 32, 16, 8]);
  });
});
