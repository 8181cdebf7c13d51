import { describe, expect, it } from 'vitest';
import { contrast } from '../../../src/core/scorers/contrast.ts';
import { logLikelihood } from '../../../src/core/scorers/log-likelihood.ts';
import { studentReach } from '../../../src/core/student.ts';
import type { Basis, Outcome, Target, Transform } from '../../../src/core/types.ts';
import { overshadowed } from '../../../src/service/noise-words.ts';
import { plainly, publicAttribution } from '../../../src/service/shown.ts';
import { weighingFloor, within } from '../../../src/service/weighing-noise.ts';

const SD = 0.01;
const SEEN = 6;
/** Of Student's t with six degrees of freedom, from any table. */
const REACH = 2.4469;

const basis: Basis = {
  reference: { text: 'a b c d', toolCalls: [], finishReason: 'stop' },
  grid: { ends: Int32Array.of(1, 3, 5, 7) },
  tokenNoise: { sd: SD, seen: SEEN },
};
const target = (start: number, end: number, kind: 'completion' | 'span' = 'span'): Target => ({
  index: 0,
  spec: kind === 'span' ? { kind, start, end } : { kind },
  start,
  end,
  text: basis.reference.text.slice(start, end),
});
const weighed = (...logprobs: number[]): Outcome => ({ kind: 'weighed', logprobs: Float64Array.from(logprobs) });
const scoring = (transform: Transform) => ({ scorer: logLikelihood, options: { transform }, unit: 'nats' });
const WHOLE = [target(0, 7, 'completion')];

describe('the noise floor of weighed values', () => {
  it('grows with the root of the tokens of a sum, and shrinks with it for a mean', () => {
    expect(studentReach(0.95, SEEN)).toBeCloseTo(REACH, 4);
    const outcomes = [weighed(-1, -2, -3, -4), weighed(-9, -2, -3, -4)];
    expect(weighingFloor(scoring('log_prob_sum'), basis, WHOLE, outcomes)?.[0]).toBeCloseTo(REACH * SD * 2, 5);
    expect(weighingFloor(scoring('log_prob_mean'), basis, WHOLE, outcomes)?.[0]).toBeCloseTo((REACH * SD) / 2, 5);
    expect(weighingFloor(scoring('log_prob_sum'), basis, [target(0, 1), target(0, 7)], outcomes)?.map((each) => each / (REACH * SD))).toEqual([
      expect.closeTo(1, 4),
      expect.closeTo(2, 4),
    ]);
  });

  it('is in the unit of the values: of a probability, as much as the most probable outcome moves', () => {
    const outcomes = [weighed(-0.1, -0.1, -0.1, -0.1), weighed(-9, -9, -9, -9)];
    const moved = Math.exp(-0.4) * (1 - Math.exp(-REACH * SD * 2));
    expect(weighingFloor(scoring('prob_prod'), basis, WHOLE, outcomes)?.[0]).toBeCloseTo(moved, 5);
  });

  it('counts the noise of a foil beside that of the target', () => {
    const foil = 'a b c x';
    const versus: Basis = { ...basis, others: [{ text: foil, grid: { ends: Int32Array.of(1, 3, 5, 7) } }] };
    const outcome: Outcome = { kind: 'weighed', logprobs: Float64Array.of(-1, -1, -1, -2), others: [Float64Array.of(-1, -1, -1, -5)] };
    const options = contrast.options.parse({ foil: ' x', transform: 'log_prob_sum' });
    expect(weighingFloor({ scorer: contrast, options, unit: 'nats' }, versus, [target(5, 7)], [outcome])?.[0]).toBeCloseTo(2 * REACH * SD, 5);
  });

  it('passes over what failed or is impossible, and is null where nothing is known of it', () => {
    const outcomes: Outcome[] = [{ kind: 'failed', reason: 'x' }, weighed(-Infinity, -2, -3, -4), weighed(-1, -2, -3, -4)];
    expect(weighingFloor(scoring('log_prob_sum'), basis, WHOLE, outcomes)?.[0]).toBeCloseTo(REACH * SD * 2, 5);
    expect(weighingFloor(scoring('log_prob_sum'), { ...basis, tokenNoise: undefined }, WHOLE, outcomes)).toBeNull();
    expect(weighingFloor(scoring('log_prob_sum'), { ...basis, grid: null }, WHOLE, outcomes)).toBeNull();
    expect(weighingFloor(scoring('log_prob_sum'), basis, WHOLE, outcomes.slice(0, 1))).toBeNull();
  });
});

describe('scores inside the floor', () => {
  const attribution = { scores: Float64Array.of(0.03, -0.05, NaN, 0.051), intercept: -1 };
  const unit = (index: number) => ({ index, at: 'prompt', role: null, start: index, end: index + 1, text: 'x', level: 'word', parent: null, label: null, fixed: index === 0 });
  const shown = plainly([0, 1, 2, 3, 4].map(unit), Int32Array.of(1, 2, 3, 4));

  it('cannot be told from zero, with intervals or without', () => {
    expect([...within(attribution, 0.05)]).toEqual([0, 1]);
    expect(publicAttribution(0, attribution, shown, 0.05).indistinguishable).toEqual([1, 2]);
    expect(publicAttribution(0, attribution, shown).indistinguishable).toEqual([]);
    const intervals = [[0.02, 0.04], [-0.06, -0.04], [0, 0], [-0.1, 0.2]] as [number, number][];
    expect(publicAttribution(0, { ...attribution, intervals }, shown, 0.05).indistinguishable).toEqual([1, 2, 4]);
    expect(publicAttribution(0, { ...attribution, intervals }, shown).indistinguishable).toEqual([4]);
  });

  it('are said to be so where all are', () => {
    const found = { holdout_r2: 1, lds: 1, verdict: 'good' as const, reasons: ['first'] };
    const first = publicAttribution(0, attribution, shown, 0.06);
    expect(overshadowed(found, first, { by: 'weighing', floor: 0.06 }).reasons).toEqual(['first', expect.stringContaining('noise_floor')]);
    expect(overshadowed(found, first, { by: 'weighing', floor: 0.05 })).toBe(found);
    expect(overshadowed(found, first, { by: 'weighing', floor: undefined })).toBe(found);
  });
});
