import { z } from 'zod';
import { goesOn } from '../abbreviations.ts';
import { spansAt } from '../boundaries.ts';
import { localeOption } from '../locale.ts';
import { sentenceStarts } from '../sentencestarts.ts';
import { softened } from '../softbreaks.ts';
import type { Segmenter } from '../types.ts';
import { HAS_LINE_END, isSpace } from '../whitespace.ts';

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
const ENDS_BLOCK = /(?:\n|\r(?!\n)|\u2028)[^\S\n\r]*[\n\r\u2028]\s*$|\u2029\s*$/;
/** A rule, a fence or a closing bracket on its own says nothing: it goes with the sentence beside it. */
const MEANING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/** Whether there is a line end in the whitespace that a text ends with. */
function endsLine(text: string): boolean {
  for (let at = text.length - 1; at >= 0 && isSpace(text[at]); at -= 1) if (HAS_LINE_END.test(text.charAt(at))) return true;
  return false;
}

const PLAIN_MEANING = Uint8Array.from({ length: 0x80 }, (_, code) => Number(MEANING.test(String.fromCharCode(code))));

/** Whether a text says anything. */
function says(text: string): boolean {
  // nearly all begin with a letter
  return PLAIN_MEANING[text.charCodeAt(0)] === 1 || MEANING.test(text);
}

function isBoundary(before: string, after: string, extra: ReadonlySet<string>): boolean {
  if (!says(before)) return false;
  if (!says(after)) return ENDS_BLOCK.test(before);
  return endsLine(before) || !goesOn(before.trim(), after.trim(), extra);
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
    const starts = sentenceStarts(shadow, locale);
    const cuts: number[] = [];
    let start = 0;
    for (const [place, index] of starts.entries()) {
      const before = shadow.slice(Math.max(start, index - REACH), index);
      if (index === 0 || !isBoundary(before, shadow.slice(index, Math.min(index + REACH, starts[place + 1] ?? shadow.length)), extra)) continue;
      cuts.push(index);
      start = index;
    }
    return spansAt(text, cuts);
  },
};
