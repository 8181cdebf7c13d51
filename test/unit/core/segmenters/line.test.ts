import { expect, it } from 'vitest';
import { line } from '../../../../src/core/segmenters/line.ts';
import { pieces } from './pieces.ts';

it('cuts behind every line end of any kind', () => {
  expect(pieces(line, 'a\nb\r\nc\rd\u2028e\u2029f')).toEqual(['a\n', 'b\r\n', 'c\r', 'd\u2028', 'e\u2029', 'f']);
});

it('keeps the indentation of a line with it, and blank lines with the line before', () => {
  expect(pieces(line, 'if x:\n    y\n\n   \n    z\n')).toEqual(['if x:\n', '    y\n\n   \n', '    z\n']);
});

it('keeps blank lines at the start with the first line', () => {
  expect(pieces(line, '\n\n  a\nb')).toEqual(['\n\n  a\n', 'b']);
});

it('is not slowed down by a run of line ends', () => {
  expect(pieces(line, `a${'\n'.repeat(200_000)}b`)).toHaveLength(2);
});
