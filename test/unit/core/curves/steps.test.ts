import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageHeight } from '../../../../src/core/curves/area.ts';
import { byScore } from '../../../../src/core/curves/order.ts';
import { crossing, curveSteps, headSteps, LIMIT, mostCurveSteps, mostHeadSteps, sharesOf } from '../../../../src/core/curves/steps.ts';
import { textWeights } from '../../../../src/core/curves/weights.ts';
import { createRng, shuffle } from '../../../../src/core/rng.ts';
import { unitsOf } from '../../../../src/core/units.ts';
import { equal } from './games.ts';

const range = (n: number) => Array.from({ length: n }, (_, at) => at);

describe('the order', () => {
  it('has the highest first, ties by position, what has no score last', () => {
    expect(byScore([1, NaN, 3, 1, -2, NaN, 3])).toEqual([2, 6, 0, 3, 4, 1, 5]);
    expect(byScore([NaN, -Infinity, Infinity])).toEqual([2, 0, 1]);
    expect(byScore([])).toEqual([]);
  });
});

describe('the axis', () => {
  it('counts the code points of the units, of what stands for them where they are no text', () => {
    const units = unitsOf({ messages: [{ role: 'user', content: [{ type: 'text', text: 'añ😀.', explain: 'whole' }, { type: 'text', text: 'fixed', explain: 'fixed' }, { type: 'text', text: 'ab', explain: 'whole' }, { type: 'image_url', image_url: { url: 'data:' }, explain: 'whole' }] }] }, () => [], 'none');
    const perturbable = Int32Array.from(units.filter(({ fixed }) => !fixed).map(({ index }) => index));
    expect([...textWeights(units, perturbable)]).toEqual([4, 2, '[image_url]'.length]);
  });

  it('is the share of the text so far, exact at tenths', () => {
    expect(sharesOf([2, 0, 1], [1, 2, 5])).toEqual([0, 5 / 8, 6 / 8, 1]);
    expect(crossing(sharesOf(range(10), equal(10)))).toBe(2);
    expect(crossing(sharesOf(range(5), [3, 3, 3, 3, 3]))).toBe(1);
    expect(crossing([0, 1])).toBe(1);
  });
});

describe('the steps', () => {
  const weighted = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 300 });

  it('are all there up to 64 units, and up to the limit there are at most 32', () => {
    expect(headSteps(sharesOf(range(10), equal(10)))).toEqual([0, 1, 2]);
    expect(curveSteps(sharesOf(range(64), equal(64)))).toEqual(range(65));
    expect(headSteps(sharesOf(range(160), equal(160)))).toEqual(range(33));
  });

  it('are thinned evenly beyond the first ones, ends kept', () => {
    const shares = sharesOf(range(1000), equal(1000));
    const head = headSteps(shares);
    expect(head).toHaveLength(33);
    expect(head.slice(0, 9)).toEqual(range(9));
    expect(head.at(-1)).toBe(200);
    const gaps = head.slice(9).map((step, at) => step - (head[at + 8] as number));
    expect(Math.max(...gaps.slice(1)) - Math.min(...gaps.slice(1))).toBeLessThanOrEqual(1);
    expect(curveSteps(shares).at(-1)).toBe(1000);
    expect(curveSteps(shares)).toHaveLength(65);
  });

  it('rise, begin with nothing, reach the limit or the end, and are no more than was said before any score', () => {
    fc.assert(fc.property(weighted, fc.nat(), (weights, seed) => {
      const shares = sharesOf(shuffle(range(weights.length), createRng(seed, 'order')), weights);
      const n = weights.length;
      for (const [steps, last, most] of [[headSteps(shares), crossing(shares), mostHeadSteps(weights)], [curveSteps(shares), n, mostCurveSteps(n)]] as const) {
        expect(steps[0]).toBe(0);
        expect(steps.at(-1)).toBe(last);
        expect(steps.every((step, at) => at === 0 || step > (steps[at - 1] as number))).toBe(true);
        expect(steps.filter((step) => step > 0 && step < n).length).toBeLessThanOrEqual(most);
      }
      expect(shares[crossing(shares)]).toBeGreaterThanOrEqual(LIMIT);
    }));
  });
});

describe('the area', () => {
  it('is the trapezoid up to the limit over its width', () => {
    // on [0, 0.1] from 0 to 4, mean 2; on [0.1, 0.2] from 4 to 6, mean 5
    expect(averageHeight([0, 0.1, 0.2, 1], [0, 4, 6, 100])).toBeCloseTo(3.5, 12);
  });

  it('is cut at the limit by interpolation', () => {
    // at 0.2 the second stretch, 4 at 0.1 to 8 at 0.3, is at 6
    expect(averageHeight([0, 0.1, 0.3, 1], [0, 4, 8, 100])).toBeCloseTo(0.5 * 2 + 0.5 * 5, 12);
    // one unit: a straight line from 0 to 10, which is 2 at the limit
    expect(averageHeight([0, 1], [0, 10])).toBeCloseTo(1, 12);
  });

  it('does not exist where a height it needs is missing, whatever is missing beyond', () => {
    expect(averageHeight([0, 0.1, 0.2, 1], [0, NaN, 6, 1])).toBeNaN();
    expect(averageHeight([0, 0.1, 0.3, 1], [0, 4, NaN, 1])).toBeNaN();
    expect(averageHeight([0, 0.1, 0.2, 1], [0, 4, 6, NaN])).toBeCloseTo(3.5, 12);
  });

  it('of a constant height is that height, wherever the steps lie', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: -50, max: 50 }), (weights, height) => {
      const shares = sharesOf(range(weights.length), weights);
      expect(averageHeight(shares, shares.map(() => height))).toBeCloseTo(height, 9);
      expect(averageHeight(shares, shares.map((share) => share * height))).toBeCloseTo(0.1 * height, 9);
    }));
  });
});
