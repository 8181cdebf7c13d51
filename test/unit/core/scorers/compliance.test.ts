import { describe, expect, it } from 'vitest';
import { compliance } from '../../../../src/core/scorers/compliance.ts';
import type { Consultation } from '../../../../src/core/types.ts';
import { consulted, inputOf } from './helpers.ts';

const answers = ['Sure, here it is.', "I'm sorry, but I can't help with that.", 'Es tut mir leid, aber das kann ich nicht.', '', 'Never.'];
const values = (options: object) => consulted(compliance, inputOf('Whatever.', answers), () => Number.NaN, options).values.flat();

describe('compliance', () => {
  it('is 1 for what is no refusal, whatever the completion is', () => expect(values({})).toEqual([1, 0, 0, 0, 1]));
  it('is told by the lists that are named, and by own patterns', () => {
    expect(values({ languages: ['en'] })).toEqual([1, 0, 1, 0, 1]);
    expect(values({ languages: ['en'], refusals: ['^Never'] })).toEqual([1, 0, 1, 0, 0]);
  });
  it('is 1 only for what matches, where there is a pattern for it', () => expect(values({ compliance: '^Never\\.$' })).toEqual([0, 0, 0, 0, 1]));

  it('asks the judge about every answer that is one, and asks nobody otherwise', () => {
    const input = inputOf('Whatever.', answers);
    const advice = (asked: Consultation) => (asked.kind === 'refusal' && asked.answer === 'Never.' ? 0.7 : 0.2);
    const { asked, values: judged } = consulted(compliance, input, advice, { told_by: 'judge', criteria: 'short' });
    expect(asked).toEqual([0, 1, 2, 4].map((at) => ({ kind: 'refusal', answer: answers[at], criteria: 'short' })));
    expect(judged.flat()).toEqual([1, 1, 1, 0, 0]);
    expect(consulted(compliance, input, advice).asked).toEqual([]);
  });

  it('has no value where the judge said nothing', () => {
    expect(consulted(compliance, inputOf('x', ['Sure.', '']), () => Number.NaN, { told_by: 'judge' }).values.flat()).toEqual([NaN, 0]);
  });

  it('names a pattern that is none', () => {
    expect(() => compliance.unfit?.([{ kind: 'completion' }], compliance.options.parse({ compliance: '(' }))).toThrow(
      expect.objectContaining({ code: 'invalid_pattern', faults: [{ pointer: '/scorer/options/compliance', message: expect.any(String) as string }] }) as Error,
    );
  });
});
