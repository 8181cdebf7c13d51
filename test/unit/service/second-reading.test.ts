import { describe, expect, it } from 'vitest';
import { scorerById } from '../../../src/core/scorers/index.ts';
import { studentReach } from '../../../src/core/student.ts';
import type { Basis, Outcome, Target } from '../../../src/core/types.ts';
import { noiseBetween, weighingFloor, within } from '../../../src/service/weighing-noise.ts';

const weighed = (...logprobs: number[]): Outcome => ({ kind: 'weighed', logprobs: Float64Array.from(logprobs) });
const opened = (top: Record<string, number>): Outcome => ({ kind: 'opened', top: Object.entries(top).map(([token, p]) => ({ token, logprob: Math.log(p) })) });

describe('how far two readings of one call are apart', () => {
  it('is the root mean square of what their tokens differ by', () => {
    expect(noiseBetween([weighed(-1, -2), weighed(-1.03, -1.96)])).toEqual({ sd: expect.closeTo(Math.sqrt((0.03 ** 2 + 0.04 ** 2) / 2), 12) as number, seen: 2 });
    expect(noiseBetween([weighed(-1, -2), weighed(-1, -2)])).toEqual({ sd: 0, seen: 2 });
  });

  it('is seen as far as a followed answer is the given one', () => {
    const parted: Outcome = { kind: 'weighed', logprobs: Float64Array.of(-1.1, -3, -3), aligned: { divergence: 1, known: 1 } };
    expect(noiseBetween([weighed(-1, -2, -2), parted])).toEqual({ sd: expect.closeTo(0.1, 12) as number, seen: 1 });
  });

  it('compares the alternatives of a first token that both show', () => {
    const noise = noiseBetween([opened({ Yes: 0.5, No: 0.3, Oh: 0.1 }), opened({ No: 0.33, Yes: 0.5 })]);
    expect(noise).toEqual({ sd: expect.closeTo(Math.log(1.1) / Math.SQRT2, 12) as number, seen: 2 });
  });

  it('is not known of what cannot be compared', () => {
    expect([null, [opened({ Yes: 1 }), weighed(-1)], [opened({ Yes: 0.5 }), opened({ No: 0.5 })]].map((pair) => noiseBetween(pair as [Outcome, Outcome] | null))).toEqual([undefined, undefined, undefined]);
  });
});

describe('the floor of first tokens', () => {
  const scorer = scorerById('first-token');
  const target: Target = { index: 0, spec: { kind: 'completion' }, start: 0, end: 3, text: 'Yes' };
  const outcome = opened({ Yes: 0.5, No: 0.3 });
  const opening = outcome.kind === 'opened' ? outcome.top : [];
  const basis: Basis = { reference: { text: 'Yes', toolCalls: [], finishReason: 'stop' }, grid: null, opening, tokenNoise: { sd: 0.001, seen: 4 } };
  const reach = 0.001 * studentReach(0.95, 4);
  const floor = (options: object) => weighingFloor({ scorer, options, unit: 'log-odds' }, basis, [target], [outcome])?.[0] ?? Number.NaN;

  it('is how far the log-odds of the answer against all else move', () => {
    const odds = (p: number) => Math.log(p / (1 - p));
    expect(floor({ positive: [], negative: [] })).toBeCloseTo(odds(0.5) - odds(0.5 * Math.exp(-reach)), 9);
  });

  it('is that of both sides where both are named', () => {
    expect(floor({ positive: ['Yes'], negative: ['No'] })).toBeCloseTo(Math.SQRT2 * reach, 9);
  });
});

it('no score is within a floor of nothing', () => {
  const attribution = { scores: [0, 0.1, -0.2] } as unknown as Parameters<typeof within>[0];
  expect([within(attribution, undefined), within(attribution, 0), within(attribution, 0.1)].map((set) => [...set])).toEqual([[], [], [0, 1]]);
});
