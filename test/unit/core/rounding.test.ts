import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roundHalfEven, significant } from '../../../src/core/rounding.ts';

it.each([
  [0.5, 0], [1.5, 2], [2.5, 2], [3.5, 4], [-0.5, 0], [-1.5, -2], [-2.5, -2], [2.4999, 2], [2.5001, 3], [7, 7], [-2.4, -2],
])('%d becomes %d', (value, wanted) => {
  // −0 counts as 0.
  expect(roundHalfEven(value) + 0).toBe(wanted);
});

it('is the nearest whole number, the even one of two as near, and moves with shifts by 2', () => {
  fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
    const rounded = roundHalfEven(value);
    expect(Number.isInteger(rounded)).toBe(true);
    expect(Math.abs(rounded - value)).toBeLessThanOrEqual(0.5);
    if (Math.abs(rounded - value) === 0.5) expect(Math.abs(rounded % 2)).toBe(0);
    expect(roundHalfEven(value + 2)).toBe(roundHalfEven(value + 2 - 2) + 2);
  }));
});

it.each([
  [0.1 + 0.2, 6, 0.3], [1234.56, 3, 1230], [0.000123456, 3, 0.000123], [0, 3, 0], [null, 3, null], [-9.999, 2, -10],
])('%d to %d digits is %d', (value, digits, wanted) => {
  expect(significant(value, digits)).toBe(wanted);
});
