import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadOf } from '../../../../src/core/sampling/spread.ts';

const samples = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 9 });

describe('the variance of a mean of samples', () => {
  it('is the reference’s where masks were asked once', () => {
    // 1, 2, 3, 4: variance 5/3 with 3 degrees of freedom
    const { variances, freedom } = spreadOf([[1, 2, 3, 4], [9], []], 0);
    expect([...variances]).toEqual([5 / 12, 5 / 3, NaN]);
    expect([...freedom]).toEqual([6, 3, 3]);
  });

  it('pools by degrees of freedom, with the mean within masks where that is larger', () => {
    // within the two masks: (2·1 + 2·9)/4 = 5; the reference has 1
    const { variances } = spreadOf([[0, 1, 2], [4, 5, 6], [0, 3, 6]], 0);
    expect([...variances]).toEqual([(2 * 5 + 2 * 1) / 4 / 3, (2 * 5 + 2 * 1) / 4 / 3, (2 * 5 + 2 * 9) / 4 / 3]);
  });

  it('is not 0 where seven samples agree and others were seen, but masks were asked once', () => {
    const agreeing = Array.from({ length: 7 }, () => 1);
    expect([...spreadOf([agreeing, [0]], 0).variances]).toEqual([0, 0]);
    // half a sample at distance 1: (3.5/7.5)/6.5
    expect(spreadOf([agreeing, [0]], 0, 1).variances[1]).toBeCloseTo(3.5 / 7.5 / 6.5, 12);
    // two samples of each mask that agree do tell
    expect([...spreadOf([agreeing, [0, 0]], 0, 1).variances]).toEqual([0, 0]);
  });

  it('does not depend on where values lie, and grows with the square of their unit', () => {
    fc.assert(
      fc.property(samples, samples, fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0.1, max: 9, noNaN: true }), (first, second, shift, unit) => {
        const plain = spreadOf([first, second], 0).variances;
        const moved = spreadOf([first, second].map((each) => each.map((value) => unit * value + shift)), 0).variances;
        moved.forEach((variance, row) => expect(variance).toBeCloseTo(unit ** 2 * (plain[row] ?? NaN), 6));
      }),
    );
  });
});
