import { segmenterFor } from './locale.ts';
import { isBlank, isSpace, lastLineStart } from './whitespace.ts';
import type { Span } from './types.ts';

interface Gap {
  start: number;
  end: number;
  /** Where a cut that falls into the gap, or on an edge of it, belongs. */
  cut: number;
}

/**
 * The whitespace around `offset`, empty where there is none. Whitespace stays with the text before it, only the
 * indentation of a line stays with its line: so a unit that is taken away leaves every other line in its place.
 */
function gapAt(text: string, offset: number): Gap {
  let start = offset;
  let end = offset;
  while (start > 0 && isSpace(text[start - 1])) start -= 1;
  while (end < text.length && isSpace(text[end])) end += 1;
  const line = lastLineStart(text.slice(start, end));
  return { start, end, cut: line > 0 ? start + line : end };
}

/** ASCII letters, digits and signs never join with each other; only the rest needs Unicode's rules. */
function isPlain(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before < 0x80 && after < 0x80 && !(before === 0x0d && after === 0x0a);
}

/** Where the grapheme cluster around the offset begins. */
function clusterStart(text: string, offset: number): number {
  return segmenterFor('en', 'grapheme').segment(text).containing(offset)?.index ?? offset;
}

/**
 * Cuts a text at the proposed offsets, after moving each to where a cut may be: never inside a grapheme cluster (the
 * cut moves to the cluster's start), never inside whitespace (the line rule above), never so that a piece is blank
 * (the cut is dropped, the blank piece joins the piece behind it, or the one before at the end).
 * @param cuts UTF-16 offsets, in any order; what lies outside the text is ignored
 * @returns ordered, disjoint spans that cover the whole text; [] for the empty text
 */
export function spansAt(text: string, cuts: Iterable<number>): Span[] {
  if (text === '') return [];
  // where a cut may be never comes before where the one before it may
  const kept: number[] = [];
  let gap: Gap = { start: 0, end: -1, cut: 0 };
  for (const offset of [...cuts].sort((a, b) => a - b)) {
    if (offset <= 0 || offset >= text.length) continue;
    if (offset > gap.end) gap = gapAt(text, offset);
    if (gap.cut <= 0 || gap.cut >= text.length) continue;
    const cut = isPlain(text, gap.cut) ? gap.cut : clusterStart(text, gap.cut);
    if (cut !== kept.at(-1)) kept.push(cut);
  }
  const spans: Span[] = [];
  let start = 0;
  for (const cut of kept) {
    if (isBlank(text.slice(start, cut))) continue;
    spans.push({ start, end: cut });
    start = cut;
  }
  const last = spans.at(-1);
  if (last && isBlank(text.slice(start))) last.end = text.length;
  else spans.push({ start, end: text.length });
  return spans;
}
