import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agree, type Sheet } from '../../../../src/core/levels/agree.ts';
import type { Reading } from '../../../../src/core/levels/book.ts';
import type { Opened } from '../../../../src/core/levels/front.ts';
import type { Branch } from '../../../../src/core/levels/branches.ts';

const branch = {} as Branch;
/** Unit 0 was cut into 1 and 4, unit 1 into 2 and 3. */
const opened: Opened[] = [{ branch, index: 0, parts: [1, 4] }, { branch, index: 1, parts: [2, 3] }];
const read = (score: number, interval: [number, number] | null = null): Reading => ({ score, interval });
const sheet = (scores: (number | null)[], intervals: Sheet['intervals'] = null): Sheet => ({ scores, intervals, intercept: 0 });

describe('agree', () => {
  it('gives an opened unit the sum of its parts, at every depth', () => {
    const own = sheet([null, null, 1, 2, 4]);
    expect(agree(own, opened, [read(7), read(3)])).toEqual([]);
    expect(own.scores).toEqual([7, 3, 1, 2, 4]);
  });

  it('the sum is exact for any numbers', () => {
    fc.assert(
      fc.property(fc.tuple(fc.double(), fc.double(), fc.double()), ([x, y, z]) => {
        const own = sheet([null, null, x, y, z]);
        agree(own, opened, null);
        expect(own.scores.slice(0, 2)).toEqual([x + y + z, x + y]);
      }),
    );
  });

  it('keeps what the whole showed beyond the sum, and reads it', () => {
    const joints = (whole: number, scores: [number, number]) => agree(sheet([null, ...scores]), [{ branch, index: 0, parts: [1, 2] }], [read(whole)]);
    expect(joints(4, [0, 0])).toEqual([{ units: [1, 2], score: 4, reading: 'either suffices' }]);
    expect(joints(4, [4, 4])).toEqual([{ units: [1, 2], score: -4, reading: 'both needed' }]);
    expect(joints(4, [2, 1.9])).toEqual([{ units: [1, 2], score: 4 - 3.9, reading: 'independent' }]);
    expect(joints(-4, [-1, 0])).toEqual([{ units: [1, 2], score: -3, reading: 'either suffices' }]);
    expect(joints(4, [2, 2 + 1e-7])).toEqual([]);
  });

  it('says nothing that the intervals leave open', () => {
    const one: Opened[] = [{ branch, index: 0, parts: [1, 2] }];
    const own = sheet([null, 1, 1], [null, [0.5, 1.5], [0.5, 1.5]]);
    expect(agree(own, one, [read(2.8, [2.4, 3.2])])).toEqual([]);
    expect(own.intervals).toEqual([[2, 3.2], [0.5, 1.5], [0.5, 1.5]]);
    const far = sheet([null, 1, 1], [null, [0.9, 1.1], [0.9, 1.1]]);
    expect(agree(far, one, [read(2.8, [2.6, 3])])).toHaveLength(1);
  });

  it('tells what is missing once: of the parts that hold it, not of what they are part of', () => {
    // unit 1 is worth 3 as a whole, as either of its parts does; unit 0 is what 1 and 4 are worth
    const own = sheet([null, null, 0, 0, 4], [null, null, [-0.1, 0.1], [-0.1, 0.1], [3.9, 4.1]]);
    expect(agree(own, opened, [read(7, [6.9, 7.1]), read(3, [2.9, 3.1])])).toEqual([{ units: [2, 3], score: 3, reading: 'either suffices' }]);
    // the sums are other numbers than what was measured
    expect(own.scores.slice(0, 2)).toEqual([4, 0]);
    expect(own.intervals?.slice(0, 2)).toEqual([null, null]);
    // the joint effects and the leaves make up the whole
    const deep = sheet([null, null, 1, 1, 4]);
    const joints = agree(deep, opened, [read(10), read(3)]);
    expect(joints).toEqual([{ units: [1, 4], score: 3, reading: 'either suffices' }, { units: [2, 3], score: 1, reading: 'either suffices' }]);
    expect(1 + 1 + 4 + joints.reduce((total, { score }) => total + score, 0)).toBe(10);
  });

  it('a unit with a part that has no score keeps its own', () => {
    const own = sheet([null, null, 1, null, 4]);
    expect(agree(own, opened, [read(7), read(3)])).toEqual([]);
    expect(own.scores).toEqual([7, 3, 1, null, 4]);
    const lost = sheet([null, null, 1, null, 4]);
    agree(lost, opened, null);
    expect(lost.scores).toEqual([null, null, 1, null, 4]);
  });
});
