import { segmenterFor } from '../locale.ts';
import type { Span } from '../types.ts';

/** Pictures carry meaning as words do, though Unicode does not count them as words. */
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
/** What joins two words to one that is edited whole: `well-known`, `2026-11-29`, `example.com`, `1/2`. */
const JOINER = /^[-‐‑'’_.@/]$/u;

/**
 * The words of a text in any language, without the punctuation around them: Unicode word boundaries (UAX #29), under
 * which a decimal is one word, and words with nothing but a hyphen or the like between them are one.
 */
export function wordSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const { segment, index, isWordLike } of segmenterFor('en', 'word').segment(text)) {
    if (!isWordLike && !PICTURE.test(segment)) continue;
    const last = spans.at(-1);
    if (last && JOINER.test(text.slice(last.end, index))) last.end = index + segment.length;
    else spans.push({ start: index, end: index + segment.length });
  }
  return spans;
}
