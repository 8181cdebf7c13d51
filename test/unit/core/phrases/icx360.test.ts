import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { phrase } from '../../../../src/core/segmenters/phrase.ts';
import { pieces } from '../segmenters/pieces.ts';
import { borders, comparison, rows, withSigns } from './comparison.ts';

const all = rows();

it('twenty different sentences', () => {
  expect(new Set(all.map(({ sentence }) => sentence)).size).toBe(20);
});

describe.each(all)('$sentence', ({ sentence, theirs, ours }) => {
  it('is cut as the fixture says', () => expect(pieces(phrase, sentence)).toEqual(ours));
  it('is spelt by both sides', () => expect([theirs.join(''), ours.join('')]).toEqual([sentence, sentence]));
});

it('docs/phrases.md shows the fixture (paste the table when it changes)', () => {
  const page = readFileSync(new URL('../../../../docs/phrases.md', import.meta.url), 'utf8');
  const table = page.split('\n').filter((line) => line.startsWith('|'));
  const from = table.indexOf('| | ICX360 | ours | units | units | precision | recall |');
  expect(table.slice(from, from + all.length + 3).join('\n')).toBe(comparison(all));
});

it('counts borders, and signs alone as no unit', () => {
  expect(withSigns(['a ', 'b', ', ', 'c', '.'])).toEqual(['a ', 'b, ', 'c.']);
  expect(borders(['a ', 'b, ', 'c.'])).toEqual([2, 5]);
});
