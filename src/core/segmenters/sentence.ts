import { z } from 'zod';
import { goesOn } from '../abbreviations.ts';
import { spansAt } from '../boundaries.ts';
import { localeOption, segmenterFor } from '../locale.ts';
import { softened } from '../softbreaks.ts';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({
  locale: localeOption,
  abbreviations: z
    .array(z.string().min(1).max(40))
    .max(1_000)
    .default([])
    .describe('Further abbreviations after which a sentence goes on, with or without their last full stop.'),
});

/** Enough of what stands around a boundary to judge it; a longer sentence would only cost time. */
const REACH = 200;
const ENDS_LINE = /[\n\r\u2028\u2029]\s*$/;
const ENDS_BLOCK = /(?:\n|\r(?!\n)|\u2028)[^\S\n\r]*[\n\r\u2028]\s*$|\u2029\s*$/;
/** A rule, a fence or a closing bracket on its own says nothing: it goes with the sentence beside it. */
const MEANING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

function isBoundary(before: string, after: string, extra: ReadonlySet<string>): boolean {
  if (!MEANING.test(before)) return false;
  if (!MEANING.test(after)) return ENDS_BLOCK.test(before);
  return ENDS_LINE.test(before) || !goesOn(before.trim(), after.trim(), extra);
}

/** Sentences of any language, by Unicode's rules, abbreviations put together again. */
export const sentence: Segmenter<z.output<typeof options>> = {
  id: 'sentence',
  title: 'Sentences',
  options,
  level: 'sentence',
  segment(text, { locale, abbreviations }) {
    const extra = new Set(abbreviations.map((word) => word.toLowerCase().replace(/\.$/, '')));
    const shadow = softened(text);
    const cuts: number[] = [];
    let start = 0;
    for (const { index, segment } of segmenterFor(locale, 'sentence').segment(shadow)) {
      const before = shadow.slice(Math.max(start, index - REACH), index);
      if (index === 0 || !isBoundary(before, segment.slice(0, REACH), extra)) continue;
      cuts.push(index);
      start = index;
    }
    return spansAt(text, cuts);
  },
};
