import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiStarts, sentenceStarts } from '../../../../src/core/sentencestarts.ts';

const byIcu = (text: string, locale = 'en'): number[] => Array.from(new Intl.Segmenter([locale, 'en'], { granularity: 'sentence' }).segment(text), ({ index }) => index);

/** What the rules speak of, and a little beside it. */
const BITS = 'a|b|A|B|1|.|. |!|?| |  |\t|\n|\r|\r\n|,|:|-|;|(|)|"|\'|[|{|}|#|\0|\x7f|\v|\f|Dr. |...|3.5|_|~|<'.split('|');

describe('where sentences begin', () => {
  it('in ASCII is where ICU finds it, for whatever the rules speak of', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...BITS), { maxLength: 30 }), (bits) => {
        const text = bits.join('');
        expect(asciiStarts(text)).toEqual(byIcu(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('in ASCII is where ICU finds it, for any characters', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0x7f), { maxLength: 40 }), (codes) => {
        const text = String.fromCharCode(...codes);
        expect(asciiStarts(text)).toEqual(byIcu(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['', 'One. Two.', 'Ein Satz. Noch einer; und „so“ weiter.', 'Τι είναι; Αυτό.', '一。二。', 'a.\u0301 b. C', 'e\u0301. F'])('is where ICU finds it in %j, in any locale', (text) => {
    for (const locale of ['en', 'de', 'el', 'ja']) expect(sentenceStarts(text, locale)).toEqual(byIcu(text, locale));
  });

  it('says where each begins', () => {
    expect(sentenceStarts('It is 3.5 m. Why? (So.) "Yes!" he said.\r\nEnd', 'en')).toEqual([0, 13, 18, 24, 31, 41]);
  });
});
