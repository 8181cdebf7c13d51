import { foldCase } from './fold.ts';

export interface WordOptions {
  ignoreCase: boolean;
  ignorePunctuation: boolean;
}

// A named locale: the default one is the machine's, and the same job must score the same everywhere.
const WORDS = new Intl.Segmenter('en', { granularity: 'word' });
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

const BLANK = /^[\s\p{Cc}\p{Cf}]*$/u;
const PUNCTUATION = /^[\p{P}\p{Cf}]+$/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** "U.S." is "US", but "3.14" is not "314". */
function withoutInnerPunctuation(word: string): string {
  return /\p{N}/u.test(word) ? word : word.replace(/\p{P}+/gu, '');
}

/**
 * The words of a text in any language, in order: Unicode word boundaries (UAX #29), dictionary words for Thai, Lao,
 * Khmer and Burmese, and one word per character for Chinese and Japanese, as is usual for token overlap there.
 * Punctuation marks and symbols are words of their own. Punctuation can be left out, unless the text has nothing else.
 */
export function words(text: string, options: WordOptions): string[] {
  const normal = text.normalize('NFC');
  const all: string[] = [];
  for (const { segment } of WORDS.segment(options.ignoreCase ? foldCase(normal) : normal)) {
    if (BLANK.test(segment)) continue;
    if (UNSPACED.test(segment)) for (const grapheme of GRAPHEMES.segment(segment)) all.push(grapheme.segment);
    else all.push(segment);
  }
  if (!options.ignorePunctuation) return all;
  const kept = all.filter((word) => !PUNCTUATION.test(word)).map(withoutInnerPunctuation);
  return kept.length > 0 ? kept : all;
}
