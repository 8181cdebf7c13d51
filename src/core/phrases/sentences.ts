import { sentenceSpans } from '../sentencespans.ts';
import type { Span } from '../types.ts';
import { isSpace } from '../whitespace.ts';
import { heldSpans } from './held.ts';

/** Scripts whose sentences follow each other without a space. */
const UNSPACED_END = /[。！？．｡।؟။៕…」』）】]$/u;
const LINE_BREAK = /[\n\r\u2028\u2029]/;

/**
 * The sentences that phrases are looked for in: those of the `sentence` segmenter, but put together again where one would
 * end inside a word (`a?b=c` in a URL), inside code or inside a date (`am 3. März`).
 */
export function phraseSentences(text: string): Span[] {
  const held = heldSpans(text, 0).filter(({ start, end }) => !LINE_BREAK.test(text.slice(start, end)));
  const spans: Span[] = [];
  let next = 0;
  for (const span of sentenceSpans(text)) {
    while ((held[next]?.end ?? Infinity) <= span.start) next += 1;
    const last = spans.at(-1);
    const touches = last?.end === span.start && !isSpace(text[span.start]);
    const isInWord = touches && !UNSPACED_END.test(text.slice(Math.max(0, span.start - 2), span.start));
    if (last && (isInWord || (held[next]?.start ?? Infinity) < span.start)) last.end = span.end;
    else spans.push({ ...span });
  }
  return spans;
}
