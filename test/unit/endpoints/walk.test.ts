import { describe, expect, it } from 'vitest';
import { endsAlong, piecesOf, walk } from '../../../src/endpoints/aligned/walk.ts';
import type { Spoken } from '../../../src/endpoints/shapes/shape.ts';

const said = (token: string, logprob: number, others: Record<string, number> = { x: -9 }): Spoken => ({
  token,
  logprob,
  top: [{ token, logprob }, ...Object.entries(others).map(([other, value]) => ({ token: other, logprob: value }))],
});
/** As far as walks are rounded here. */
const HALF = Number(Math.LN2.toFixed(6));
const TEXT = 'It is Zürich.';
const own = [said('It', -0.1), said(' is', -0.2), said(' Zürich', -0.3), said('.', -0.4)];
const pieces = piecesOf(TEXT, Int32Array.of(2, 5, 12, 13));
const walked = (spoken: readonly Spoken[]) => {
  const found = walk(spoken, pieces, -3);
  if (typeof found === 'string') throw new Error(found);
  return { ...found, logprobs: [...found.logprobs].map((value) => Number(value.toFixed(6))) };
};

describe('a new answer beside a given one', () => {
  it('is measured to the end where it is the same', () => {
    expect(endsAlong(own, TEXT)).toEqual(Int32Array.of(2, 5, 12, 13));
    expect(walked(own)).toEqual({ logprobs: [-0.1, -0.2, -0.3, -0.4], divergence: null, known: 4 });
  });

  it('is measured where they part, if the given token is shown, and has a floor after it', () => {
    expect(walked([said('It', -0.1), said(' was', -0.6, { ' is': -1.2 }), said(' Rome', -0.1)])).toEqual({ logprobs: [-0.1, -1.2, -3, -3], divergence: 1, known: 2 });
  });

  it('has a bound where the given token is not shown: the least shown, what is left over, or a half', () => {
    const at = (others: Record<string, number>, logprob = -0.6) => walked([said('It', -0.1), said(' was', logprob, others)]);
    expect(at({ ' be': -4 })).toEqual({ logprobs: [-0.1, -4, -3, -3], divergence: 1, known: 1 });
    expect(at({ ' be': -0.8 }, -0.7).logprobs[1]).toBeCloseTo(Math.log(1 - Math.exp(-0.7) - Math.exp(-0.8)), 5);
    expect(at({ ' be': -0.69 }, -0.69).logprobs[1]).toBeLessThan(-HALF + 1e-4);
  });

  it('that ends early was likelier to', () => {
    expect(walked(own.slice(0, 3))).toEqual({ logprobs: [-0.1, -0.2, -0.3, -HALF], divergence: 3, known: 3 });
  });

  it('that cuts the same text otherwise parts there', () => {
    expect(walked([said('It', -0.1), said(' is Z', -0.2), said('ürich', -0.3)])).toMatchObject({ divergence: 1, known: 1 });
  });

  it('is read by bytes where they are there, and without the space that servers take away', () => {
    const bytes = [...new TextEncoder().encode(' It')];
    const [first] = walked([{ token: '?', logprob: -0.5, bytes, top: [{ token: '?', logprob: -0.5, bytes }] }, ...own.slice(1)]).logprobs;
    expect(first).toBe(-0.5);
  });

  it('that was drafted is refused', () => {
    expect(walk([own[0]!, { ...own[1]!, logprob: 0, top: [] }], pieces, -3)).toMatch('speculatively');
  });

  it('has to be the given one to its end for a grid', () => {
    expect(endsAlong([said('It', -0.1), said(' was', -0.6)], TEXT)).toBe('the answer that it gives by itself leaves the given one after 2 of 13 characters');
    expect(endsAlong(own, 'It is')).toEqual(Int32Array.of(2, 5));
    const half = { token: '\uFFFD', logprob: -1, bytes: [0xc3], top: [] };
    expect(endsAlong([half], 'ü')).toBe('a token ends inside a character');
  });
});
