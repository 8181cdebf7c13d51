import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOf, layOnGrid, weighed } from '../../../src/endpoints/ways/lay.ts';

const LENGTH = 20;
const ends = fc.array(fc.nat({ max: LENGTH }), { maxLength: 12 }).map((list) => [...list.toSorted((a, b) => a - b), LENGTH]);
const reading = ends.chain((own) =>
  fc.record({
    ends: fc.constant(own),
    logprobs: fc.array(fc.double({ min: -50, max: 0, noNaN: true }), { minLength: own.length, maxLength: own.length }),
  }),
);

const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

/** What stands up to and with the first token that reaches a boundary. */
function upTo(own: readonly number[], values: ArrayLike<number>, boundary: number): number {
  return total(Array.from(values).slice(0, own.findIndex((end) => end >= boundary) + 1));
}

describe('laying tokens on a grid', () => {
  it('changes nothing where both cut alike', () => {
    fc.assert(
      fc.property(reading, (own) => {
        expect(layOnGrid(own, Int32Array.from(own.ends))).toEqual(Float64Array.from(own.logprobs));
      }),
    );
  });

  it('keeps the sum, over the whole and over every stretch between common boundaries', () => {
    fc.assert(
      fc.property(reading, ends, (own, grid) => {
        const laid = layOnGrid(own, Int32Array.from(grid)) ?? new Float64Array();
        expect(laid.length).toBe(grid.length);
        expect(total(laid)).toBeCloseTo(total(own.logprobs), 6);
        for (const boundary of grid.filter((end) => end > 0 && end < LENGTH && own.ends.includes(end))) {
          expect(upTo(grid, laid, boundary)).toBeCloseTo(upTo(own.ends, own.logprobs, boundary), 6);
        }
      }),
    );
  });

  it('shares a stretch out equally and keeps what is common', () => {
    expect(layOnGrid({ ends: [2, 5, 9], logprobs: [-1, -2, -3] }, Int32Array.of(2, 3, 5, 9))).toEqual(
      Float64Array.of(-1, -1, -1, -3),
    );
    expect(layOnGrid({ ends: [1, 2, 3, 9], logprobs: [-1, -2, -4, -3] }, Int32Array.of(3, 9))).toEqual(Float64Array.of(-7, -3));
  });

  it('counts the first bytes of a character with it, not with the token before', () => {
    expect(layOnGrid({ ends: [3, 3, 3, 5], logprobs: [-1, -2, -4, -8] }, Int32Array.of(3, 5))).toEqual(Float64Array.of(-1, -14));
  });

  it('refuses what does not end where the grid ends, and what is no number', () => {
    expect(layOnGrid({ ends: [2, 8], logprobs: [-1, -1] }, Int32Array.of(2, 9))).toBeNull();
    expect(layOnGrid({ ends: [9], logprobs: [Number.NaN] }, Int32Array.of(9))).toBeNull();
    expect(layOnGrid({ ends: [], logprobs: [] }, Int32Array.of())).toBeNull();
    expect(layOnGrid({ ends: [9], logprobs: [] }, Int32Array.of(9))).toBeNull();
    expect(weighed(null, { ends: Int32Array.of(9) })).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(/^malformed: /) as string,
    });
    expect(() => gridOf(null)).toThrow(expect.objectContaining({ code: 'scorer_unavailable' }));
  });
});
