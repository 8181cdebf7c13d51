import { sentence } from './segmenters/sentence.ts';
import type { Span } from './types.ts';

/** The sentences of a text without the whitespace after them; blank ones are left out. Half-open, UTF-16. */
export function sentenceSpans(text: string): Span[] {
  return sentence
    .segment(text, sentence.options.parse({}))
    .map(({ start, end }) => ({ start, end: start + text.slice(start, end).trimEnd().length }))
    .filter((span) => span.end > span.start);
}
