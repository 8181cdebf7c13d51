import { describe, expect, it } from 'vitest';
import { exact } from '../../../../src/core/scorers/exact.ts';
import { scoreText } from './helpers.ts';

it.each([
  [{}, 'Paris', ' Paris\n', 1], [{}, 'Paris', 'paris', 0], [{}, '', '', 1], [{}, '', 'a', 0], [{}, 'caf\u00e9', 'cafe\u0301', 1],
  [{ trim: false }, 'Paris', ' Paris', 0],
  [{ ignore_case: true }, 'STRASSE', 'Straße', 1],
  [{ ignore_punctuation: true }, 'Paris', '“Paris”.', 1], [{ ignore_punctuation: true }, '?', '!', 0],
  [{ ignore_punctuation: true }, '$5', '5', 0],
])('with %j, %j against %j is %d', (options, reference, answer, value) =>
  expect(scoreText(exact, reference, answer, options)).toBe(value));

it('gives only 0 and 1', () => expect(scoreText(exact, 'Paris', 'Paris, France')).toBe(0));

describe('targets', () => {
  it('stand against the most similar counterpart', () => {
    const target = { index: 0, spec: { kind: 'sentences' as const }, start: 0, end: 4, text: 'Yes.' };
    const outcome = { kind: 'generated' as const, completion: { text: 'Well. Yes. Sure.', toolCalls: [], finishReason: null } };
    const input = { reference: outcome.completion, grid: null, targets: [target], outcomes: [outcome] };
    expect(exact.score(input, exact.options.parse({}))).toEqual([Float64Array.of(1)]);
  });

  it('are 0 where the answer has no counterpart, and NaN where there is no answer', () => {
    const spec = { kind: 'json' as const, pointer: '/city' };
    const target = { index: 0, spec, start: 9, end: 16, text: '"Paris"' };
    const reference = { text: '{"city": "Paris"}', toolCalls: [], finishReason: null };
    const texts = ['Paris', '{"city":"Rome"}', 'So {"city":"Paris"}'];
    const answers = texts.map((text) => ({ kind: 'generated' as const, completion: { ...reference, text } }));
    const input = { reference, grid: null, targets: [target], outcomes: [...answers, { kind: 'failed' as const, reason: 'x' }] };
    expect(exact.score(input, exact.options.parse({})).map((row) => row[0])).toEqual([0, 0, 1, Number.NaN]);
  });
});
