import { z } from 'zod';
import { spansAt } from '../boundaries.ts';
import { localeOption, segmenterFor } from '../locale.ts';
import { isSpace } from '../whitespace.ts';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({ locale: localeOption });

/** Pictures carry meaning as words do, though Unicode does not count them as words. */
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
const OPENING = /[\p{Ps}\p{Pi}¿¡"']/u;
/** A quotation that leaves a space inside its marks, as French does: « oui ». */
const SPACED_OPENING = /(?<=\s)[\p{Ps}\p{Pi}]\s+$/u;
const CLOSING = /[\p{Pe},;:!?،؛؟、。，．；：！？…]/u;

/**
 * Where a gap between two words is cut: whitespace and punctuation go with the word before, opening brackets and
 * quotes, and signs that touch only the word behind (`$5`, `#tag`), with the word behind.
 * @param gap what stands between the words
 * @returns offset into the gap
 */
function cutOf(gap: string): number {
  let afterSpace = gap.length;
  while (afterSpace > 0 && !isSpace(gap[afterSpace - 1])) afterSpace -= 1;
  if (afterSpace > 0) {
    const spaced = afterSpace === gap.length ? gap.search(SPACED_OPENING) : -1;
    if (spaced > 0) return spaced;
    let cut = afterSpace;
    while (cut < gap.length && CLOSING.test(gap[cut] ?? '')) cut += 1;
    return cut;
  }
  // no whitespace: a quotation mark that could be either closes, unless a bracket opens right before it
  let cut = gap.length;
  while (cut > 0 && OPENING.test(gap[cut - 1] ?? '')) cut -= 1;
  while (cut < gap.length && /["']/.test(gap[cut] ?? '')) cut += 1;
  return cut;
}

/** Words of any script, each with its punctuation. */
export const word: Segmenter<z.output<typeof options>> = {
  id: 'word',
  title: 'Words',
  options,
  level: 'word',
  segment(text, { locale }) {
    const cuts: number[] = [];
    let end = -1;
    for (const piece of segmenterFor(locale, 'word').segment(text)) {
      if (!piece.isWordLike && !PICTURE.test(piece.segment)) continue;
      if (end >= 0) cuts.push(end + cutOf(text.slice(end, piece.index)));
      end = piece.index + piece.segment.length;
    }
    return spansAt(text, cuts);
  },
};
