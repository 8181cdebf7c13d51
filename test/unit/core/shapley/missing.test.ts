import { describe, expect, it } from 'vitest';
import { shapley } from '../../../../src/core/methods/shapley.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { additive, codeOf, expectClose, first, play } from './games.ts';

const samplers = ['permutation', 'kernel'] as const;
const estimators = ['exact', ...samplers] as const;
const exact = { options: { estimator: 'exact' } };
const kernel = { options: { estimator: 'kernel' } };

describe('missing values', () => {
  const weights = [1, 2, 3, 4, 5, 6];
  const lacking = (...lost: number[]) => (mask: Mask): number =>
    lost.includes(codeOf(mask)) ? Number.NaN : additive(weights)(mask);

  it.each(estimators)('%s: leaves out what needs them and keeps the rest', (estimator) => {
    const { scores, intercept } = first(play(shapley, 6, [lacking(5, 20, 42)], { options: { estimator }, budget: 50 }));
    expectClose(scores, weights, 1e-8);
    expect(intercept).toBe(21);
  });

  it('exact: a unit whose only marginal of a size is lost has no score', () => {
    // Just one marginal makes unit 2 the last to come: the one that needs the mask of all others.
    const { scores } = first(play(shapley, 6, [lacking(0b111011)], exact));
    expect(Array.from(scores, Number.isNaN)).toEqual([false, false, true, false, false, false]);
  });

  it('permutation: without the full mask the other marginals still count', () => {
    const { scores, intercept } = first(play(shapley, 6, [lacking(63)], { budget: 60 }));
    expectClose(scores, weights);
    expect(intercept).toBeNaN();
  });

  it.each([0, 63])('kernel: without mask %i, a side of the constraint, nothing holds', (lost) => {
    expect(first(play(shapley, 6, [lacking(lost)], { ...kernel, budget: 50 })).scores.every(Number.isNaN)).toBe(true);
  });

  it.each(estimators)('%s: no value at all is no score', (estimator) => {
    const { scores, intervals, intercept } = first(play(shapley, 6, [() => Number.NaN], { options: { estimator }, budget: 50 }));
    expect(scores.every(Number.isNaN)).toBe(true);
    expect(intervals).toBeUndefined();
    expect(intercept).toBeNaN();
  });

  it.each(samplers)('%s: one column\'s gaps are not another\'s', (estimator) => {
    const setting = { options: { estimator }, budget: 40 };
    const both = play(shapley, 6, [lacking(7, 9, 11, 33), lacking()], setting).finding.attributions;
    expect(both[1]).toEqual(first(play(shapley, 6, [lacking()], setting)));
  });
});
