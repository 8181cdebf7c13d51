import { expect, it } from 'vitest';
import { pattern } from '../../../../src/core/segmenters/pattern.ts';
import { ProblemError } from '../../../../src/errors.ts';
import { pieces } from './pieces.ts';

it('ends a unit with each match', () => {
  expect(pieces(pattern, 'a;b; c', { pattern: ';' })).toEqual(['a;', 'b; ', 'c']);
});

it('makes every match a unit, and what lies between', () => {
  const expected = ['see ', '[1] ', 'and ', '[2]', '.'];
  expect(pieces(pattern, expected.join(''), { pattern: '\\[\\d+\\]', mode: 'unit' })).toEqual(expected);
});

it('cuts between documents of one prompt', () => {
  const expected = ['<doc>\na\n</doc>\n', '<doc>\nb\n</doc>\n', 'Question?'];
  expect(pieces(pattern, expected.join(''), { pattern: '(?s)<doc>.*?</doc>', mode: 'unit' })).toEqual(expected);
});

it('cuts at blank lines by default', () => {
  expect(pieces(pattern, 'a\nb\n\nc')).toEqual(['a\nb\n\n', 'c']);
});

it('ignores empty matches, and a text without a match is one unit', () => {
  expect(pieces(pattern, 'abc', { pattern: 'x*' })).toEqual(['abc']);
  expect(pieces(pattern, 'abc', { pattern: 'q', mode: 'unit' })).toEqual(['abc']);
});

it('never cuts inside a grapheme cluster, even where the pattern would', () => {
  expect(pieces(pattern, 'ae\u0301b', { pattern: 'e' })).toEqual(['a', 'e\u0301b']);
  expect(pieces(pattern, '👨‍👩‍👧x', { pattern: '\\x{200d}' })).toEqual(['👨‍👩‍👧x']);
});

it('points to its option where the pattern cannot be used', () => {
  const refused = (): unknown => pieces(pattern, 'abc', { pattern: '(' });
  expect(refused).toThrow(ProblemError);
  const fault = { pointer: '/segmenter/options/pattern', message: expect.any(String) as string };
  expect(refused).toThrow(expect.objectContaining({ code: 'invalid_pattern', faults: [fault] }));
});
