import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmenterById, segmenters } from '../../src/core/segmenters/index.ts';
import { isBlank } from '../../src/core/whitespace.ts';
import { ProblemError } from '../../src/errors.ts';
import { anyText } from '../helpers/anytext.ts';

const docs = readFileSync(new URL('../../docs/parts.md', import.meta.url), 'utf8');
const tests = new URL('../unit/core/segmenters/', import.meta.url);

/** Where grapheme clusters start, by walking the whole text. */
function clusterStarts(text: string): Set<number> {
  const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
  return new Set([...clusters].map(({ index }) => index));
}

/** Options other than the defaults that must keep the same promises. */
const SETTINGS: Readonly<Record<string, readonly object[]>> = {
  pattern: [{ pattern: '.' }, { pattern: '\\s', mode: 'unit' }, { pattern: '[^a]', mode: 'unit' }],
  phrase: [{ max_words: 1 }, { language: 'de', min_words: 3 }],
  word: [{ locale: 'th' }],
  sentence: [{ locale: 'de', abbreviations: ['a', 'B.'] }],
};

const cases = segmenters.flatMap((segmenter) =>
  [{}, ...(SETTINGS[segmenter.id] ?? [])].map((options) => [segmenter.id, options, segmenter] as const),
);

describe.each(cases)('%s with %j', (id, given, segmenter) => {
  const options = segmenter.options.parse(given);

  it('cuts in order, covers the whole text, and leaves nothing empty', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const spans = segmenter.segment(text, options);
        expect(spans.map((span) => text.slice(span.start, span.end)).join('')).toBe(text);
        expect(spans.map((span) => span.start)).toEqual(text === '' ? [] : [0, ...spans.slice(0, -1).map((span) => span.end)]);
        expect(spans.every((span) => span.end > span.start)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never cuts a grapheme cluster, and makes no unit of whitespace alone', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const spans = segmenter.segment(text, options);
        const starts = clusterStarts(text);
        expect(spans.filter((span) => !starts.has(span.start))).toEqual([]);
        if (!isBlank(text)) expect(spans.filter((span) => isBlank(text.slice(span.start, span.end)))).toEqual([]);
        else expect(spans.length).toBe(text === '' ? 0 : 1);
      }),
      { numRuns: 300 },
    );
  });

  it('says the same again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(segmenter.segment(text, options)).toEqual(segmenter.segment(text, options));
      }),
      { numRuns: 30 },
    );
  });

  it(`is found by its id ${id}, has a row of docs, a test and options that need nothing`, () => {
    expect(segmenterById(id)).toBe(segmenter);
    expect(docs).toMatch(new RegExp(`^\\| \`${id}\` \\|`, 'm'));
    expect(existsSync(new URL(`${id}.test.ts`, tests))).toBe(true);
    expect(segmenter.options.safeParse({}).success).toBe(true);
    expect(segmenter.options.safeParse({ no_such_option: 1 }).success).toBe(false);
  });
});

it('refuses an id that nothing has', () => {
  expect(() => segmenterById('nothing')).toThrow(ProblemError);
});
