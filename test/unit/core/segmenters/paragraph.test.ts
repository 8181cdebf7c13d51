import { expect, it } from 'vitest';
import { paragraph } from '../../../../src/core/segmenters/paragraph.ts';
import { pieces } from './pieces.ts';

it('cuts at blank lines only', () => {
  expect(pieces(paragraph, 'a\nb\n\nc\n \t\nd\n')).toEqual(['a\nb\n\n', 'c\n \t\n', 'd\n']);
});

it('takes \\r\\n for one line end', () => {
  expect(pieces(paragraph, 'a\r\nb\r\n\r\nc')).toEqual(['a\r\nb\r\n\r\n', 'c']);
  expect(pieces(paragraph, 'a\rb\r\rc')).toEqual(['a\rb\r\r', 'c']);
});

it('knows the paragraph separator of Unicode', () => {
  expect(pieces(paragraph, 'a\u2028b\u2029c')).toEqual(['a\u2028b\u2029', 'c']);
});

it('keeps the indentation of the next paragraph', () => {
  expect(pieces(paragraph, 'a\n\n\n    b')).toEqual(['a\n\n\n', '    b']);
});
