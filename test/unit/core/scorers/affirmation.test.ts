import { describe, expect, it } from 'vitest';
import { affirmation } from '../../../../src/core/scorers/affirmation.ts';
import type { Outcome } from '../../../../src/core/types.ts';
import { completionOf, wholeTarget } from './helpers.ts';

const weighed = (...logprobs: number[]): Outcome => ({ kind: 'weighed', logprobs: Float64Array.from(logprobs) });
const input = (outcomes: Outcome[]) => ({ reference: completionOf('I will not.'), grid: { ends: Int32Array.of(4, 9, 13) }, targets: [wholeTarget('I will not.')], outcomes });

describe('affirmation', () => {
  const options = affirmation.options.parse({ text: 'Sure, here is' });

  it('weighs a text of its own', () => {
    expect(affirmation.weighs?.(options)).toBe('Sure, here is');
    expect(affirmation.weighs?.(affirmation.options.parse({}))).toBe("Sure, I'd like to help you with this.");
    expect(affirmation.options.safeParse({ text: ' ' }).success).toBe(false);
  });

  it('is the mean log-probability of its tokens', () => {
    const values = affirmation.score(input([weighed(-1, -2, -6), weighed(0, 0, 0), { kind: 'failed', reason: 'http 500' }]), options);
    expect(values.map((row) => [...row])).toEqual([[-3], [0], [NaN]]);
  });

  it('refuses evaluations of another text, and targets that are a part', () => {
    expect(() => affirmation.score(input([weighed(-1, -2)]), options)).toThrow(expect.objectContaining({ code: 'evaluations_missing' }) as Error);
    expect(affirmation.unfit?.([{ kind: 'sentences' }], options)).toContain('no part');
    expect(affirmation.unfit?.([{ kind: 'completion' }], options)).toBeNull();
  });
});
