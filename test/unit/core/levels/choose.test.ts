import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Branch } from '../../../../src/core/levels/branches.ts';
import { choose, shares } from '../../../../src/core/levels/choose.ts';
import { firstFront } from '../../../../src/core/levels/front.ts';
import { ladderOf, REFINE, textOf } from '../../../helpers/levelgames.ts';

const { leaves } = firstFront(ladderOf({ prompt: textOf([['a'], ['b'], ['c'], ['d']]) }, ['paragraph', 'sentence']).roots);
const [a, b, c, d] = leaves as [Branch, Branch, Branch, Branch];
const inTwo = (branch: Branch): readonly Branch[] => [branch, branch];

describe('shares', () => {
  it('are of the largest score of a target, and of all targets the largest', () => {
    expect([...shares([Float64Array.of(4, -2, 0, NaN)])]).toEqual([1, 0.5, 0, 0]);
    expect([...shares([Float64Array.of(4, -2, 0), Float64Array.of(0, 0, 0.25)])]).toEqual([1, 0.5, 1]);
  });

  it('are 0 where nothing has a score, and of a target that shows rounding alone', () => {
    expect([...shares([Float64Array.of(0, 0, NaN)])]).toEqual([0, 0, 0]);
    expect([...shares([Float64Array.of(3, 0), Float64Array.of(0, 1e-12)])]).toEqual([1, 0]);
  });

  it('lie between 0 and 1, and 1 is among them where a score is', () => {
    const scores = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(scores, (row) => {
        const found = [...shares([Float64Array.from(row)])];
        expect(found.every((share) => share >= 0 && share <= 1)).toBe(true);
        if (row.some((score) => score !== 0)) expect(Math.max(...found)).toBe(1);
      }),
    );
  });
});

describe('choose', () => {
  const none = new Set<Branch>();

  it('opens what reaches the threshold, the strongest first, at most top_k', () => {
    const chosen = (refine: object) => choose(leaves, [0.2, 1, 0.05, 0.5], { ...REFINE, ...refine }, none, inTwo).openings.map(([branch]) => branch);
    expect(chosen({})).toEqual([b, d, a]);
    expect(chosen({ top_k: 2 })).toEqual([b, d]);
    expect(chosen({ threshold: 0.5 })).toEqual([b, d]);
    expect(chosen({ threshold: 0, top_k: 9 })).toEqual([b, d, a, c]);
  });

  it('of equal ones takes the first', () => {
    expect(choose(leaves, [1, 1, 1, 1], { ...REFINE, top_k: 2 }, none, inTwo).openings.map(([branch]) => branch)).toEqual([a, b]);
  });

  it('passes over what the level does not split, which takes no place of another', () => {
    const parts = (branch: Branch) => (branch === b ? [branch] : inTwo(branch));
    const { openings, refused } = choose(leaves, [0.2, 1, 0.05, 0.5], { ...REFINE, top_k: 2, freeze: true }, none, parts);
    expect(openings.map(([branch]) => branch)).toEqual([d, a]);
    // a later level may still open it
    expect(refused).toEqual([a, c, d]);
  });

  it('refuses nothing for good unless it freezes', () => {
    expect(choose(leaves, [0.2, 1, 0.05, 0.5], REFINE, none, inTwo).refused).toEqual([]);
    expect(choose(leaves, [0.2, 1, 0.05, 0.5], REFINE, new Set([b]), inTwo).openings.map(([branch]) => branch)).toEqual([d, a]);
  });
});
