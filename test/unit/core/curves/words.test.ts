import { describe, expect, it } from 'vitest';
import { checkDesign } from '../../../../src/core/curves/design.ts';
import { doubtsOf } from '../../../../src/core/curves/doubts.ts';
import { checkReport } from '../../../../src/core/curves/report.ts';
import { type Check, CHECKS, type CheckSpec } from '../../../../src/core/curves/spec.ts';
import { wordsOf } from '../../../../src/core/curves/words.ts';
import { createRng } from '../../../../src/core/rng.ts';
import fc from 'fast-check';
import { additive, equal } from './games.ts';

const worth = [4, -1, 0.5, 3, 0, 0, 2, 0.25, 0, 1];

function said(scores: readonly number[], checks: readonly Check[], more: { truth?: readonly number[]; spec?: Partial<CheckSpec>; weights?: ArrayLike<number>; lost?: readonly number[] } = {}) {
  const design = checkDesign(scores, more.weights ?? equal(scores.length), { checks, baselines: 3, topK: [1, 3, 5], ...more.spec }, createRng(1, 'checks'));
  const values = additive(more.truth ?? scores)(design.masks);
  for (const row of more.lost ?? []) values[row] = NaN;
  return { words: wordsOf(checkReport(design, values)), doubts: doubtsOf(design, values) };
}

describe('the words', () => {
  it('say what three units are worth beside everything and beside chance', () => {
    const { words } = said(worth, ['top_k']);
    expect(words).toHaveLength(1);
    expect(words[0]).toMatch(/^Taking the three highest units away lowers the value by 9 of the 9\.75 that taking everything away does; three random ones (lower|raise) it by [\d.]+\.$/);
  });

  it('say it of one unit, without chance where none was asked', () => {
    expect(said([2, 1], ['top_k'], { spec: { baselines: 0 } }).words).toEqual(['Taking the highest unit away lowers the value by 2 of the 3 that taking everything away does.']);
    expect(said([2, -5], ['top_k'], { spec: { baselines: 0 } }).words).toEqual(['Taking the highest unit away lowers the value by 2, taking everything away raises it by 3.']);
    expect(said([2, 1], ['top_k'], { truth: [0, 0], spec: { baselines: 0 } }).words).toEqual(['Taking the highest unit away leaves the value as it is, taking everything away leaves it as it is.']);
    expect(said([2, -0.5], ['top_k'], { spec: { baselines: 0 } }).words).toEqual(['Taking the highest unit away lowers the value by 2, taking everything away lowers it by 1.5.']);
    expect(said([2], ['top_k']).words).toEqual([]);
  });

  it('say how the curves compare', () => {
    const { words } = said(worth, ['deletion', 'insertion']);
    expect(words[0]).toMatch(/^While the first 20 % of the text is taken away by score, the drop is 3\.75 on average; -?[\d.]+ in random order, -0\.75 with the lowest first\.$/);
    expect(words[1]).toMatch(/^While the first 20 % of the text is put back by score, the rise is 3\.75 on average; /);
  });

  it('write as nothing what is nothing beside the largest', () => {
    const tiny = said([20, 0.3, ...Array<number>(7).fill(1e-6), -1e-6], ['deletion'], { spec: { baselines: 0 } }).words;
    expect(tiny).toEqual(['While the first 20 % of the text is taken away by score, the drop is 15.1 on average; 0 with the lowest first.']);
    expect(said([1, 2, 3], ['deletion'], { truth: [1e-17, 0, 0], spec: { baselines: 0 } }).words[0]).toContain('the drop is 0 on average; 0 with');
  });

  it('say what the highest units do alone and what is left without them', () => {
    expect(said(worth, ['sufficiency', 'necessity']).words).toEqual([
      'With nothing but the two highest units (20 % of the text), 72 % of the drop that taking everything away makes is avoided.',
      'Without the two highest units (20 % of the text), the value drops by 72 % of what it does when everything is taken away.',
    ]);
  });

  it('say what is missing, and nothing about it', () => {
    const { words, doubts } = said(worth, ['necessity'], { lost: [2] });
    expect(words).toEqual(['1 of the 3 evaluations that the checks needed are missing: what hangs on them is null.']);
    expect(doubts).toEqual([]);
    expect(said(worth, CHECKS, { lost: Array.from({ length: 80 }, (_, at) => at) }).words).toHaveLength(1);
  });
});

describe('the doubts', () => {
  it('are raised by an order that chance beats', () => {
    const { doubts } = said(worth, CHECKS, { truth: worth.map((one) => -one) });
    expect(doubts).toHaveLength(3);
    expect(doubts.join(' ')).toMatch(/taken away in random order.*put back in random order.*Random units lower/);
    expect(said(worth, ['sufficiency'], { truth: worth.map((one) => -one) }).doubts).toEqual([]);
  });

  it('are never raised by the true order of an additive game, however long its units are', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.integer({ min: 1, max: 500 })), { minLength: 1, maxLength: 70 }), (units) => {
      const scores = units.map(([score]) => score);
      expect(said(scores, CHECKS, { weights: units.map(([, weight]) => weight) }).doubts).toEqual([]);
    }));
  });

  it('are not raised by a little', () => {
    // the first two are the wrong way round, by less than a tenth of what everything is worth
    const truth = [5, 5.2, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(said([6, 5, 0, 0, 0, 0, 0, 0, 0, 0], CHECKS, { truth, spec: { baselines: 20 } }).doubts).toEqual([]);
  });

  it('are not raised by a value that nothing changes', () => {
    expect(said(worth, CHECKS, { truth: worth.map(() => 0) }).doubts).toEqual([]);
  });
});
