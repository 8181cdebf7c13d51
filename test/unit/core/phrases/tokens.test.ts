import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../../../src/core/phrases/tokens.ts';
import { anyText } from '../../../helpers/anytext.ts';

const texts = (text: string): string[] => tokensOf(text, 8).map(({ start, end }) => text.slice(start, end));

it('is everything but whitespace, in order', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const tokens = tokensOf(text, 8);
      let at = 0;
      for (const { start, end } of tokens) {
        expect(text.slice(at, start).trim()).toBe('');
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(text.slice(at).trim()).toBe('');
    }),
    { numRuns: 300 },
  );
});

it('knows words by their letters, and the signs around them', () => {
  expect(tokensOf('(“Don’t!”) — C++', 8).map(({ before, key, after, words }) => [before, key, after, words])).toEqual([
    ['(“', "don't", '!”)', 1],
    ['', '', '—', 0],
    ['', 'c', '++', 1],
  ]);
});

it('ends a token at a dash between words, not in a URL or a range', () => {
  const text = 'yes—no a--b 1914–1918 https://a.b/c—d --flag';
  expect(texts(text)).toEqual(['yes—', 'no', 'a--', 'b', '1914–1918', 'https://a.b/c—d', '--flag']);
});

it('cuts words in scripts without spaces, not what is written between', () => {
  expect(texts('「今天」我们访问https://a.b/c?d=e，和GPT-4。')).toEqual(['「今天」', '我们', '访问', 'https://a.b/c?d=e，', '和', 'GPT-4。']);
});

describe('held', () => {
  it('counts its words', () => {
    const found = tokensOf('on 3 March 2024 at noon', 8);
    expect(found.map(({ words }) => words)).toEqual([1, 3, 1, 1]);
    expect(found.map(({ held }) => held)).toEqual([false, true, false, false]);
  });

  it('of two that overlap the first stays', () => {
    expect(texts('3 May 4 people')).toEqual(['3 May', '4', 'people']);
  });

  it('an apostrophe or a single sign opens nothing', () => {
    expect(texts("the dogs' owners' cat")).toEqual(['the', "dogs'", "owners'", 'cat']);
    expect(texts('he said "no and left')).toEqual(['he', 'said', '"no', 'and', 'left']);
    expect(texts('from $5 and $6 up')).toEqual(['from', '$5', 'and', '$6', 'up']);
    expect(texts('a < b and c > d')).toHaveLength(7);
  });
});
