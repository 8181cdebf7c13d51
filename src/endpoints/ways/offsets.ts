import type { Cut } from './align.ts';
import { isLossy } from './token-bytes.ts';

/** UTF-16 index of every code point, the end included. */
function unitsOfPoints(text: string): number[] {
  const units = [0];
  let at = 0;
  for (const point of text) units.push((at += point.length));
  return units;
}

/**
 * Cuts `text.slice(from, to)` by the offsets that a server gives with its tokens, in code points (Python) or UTF-16
 * units, whichever is true: every token whose string is plain must be found at its place, and there must be one.
 * Offsets are worth more than strings where tokens are parts of characters.
 */
export function cutByOffsets(
  tokens: readonly string[],
  offsets: readonly number[],
  text: string,
  from: number,
  to: number,
): Cut | null {
  if (offsets.length !== tokens.length || offsets.some((offset, index) => offset < (offsets[index - 1] ?? 0))) return null;
  const units = unitsOfPoints(text);
  const places = [
    (offset: number) => units[offset] ?? Number.NaN,
    (offset: number) => (offset <= text.length ? offset : Number.NaN),
  ];
  for (const place of places) {
    const starts = offsets.map(place);
    const ends = [...starts.slice(1), text.length];
    const first = ends.findIndex((end) => end > from);
    const last = ends.findLastIndex((end, index) => end === to && (starts[index] ?? to) < to);
    if (first < 0 || last < first) continue;
    const positions = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const plain = positions.filter((index) => !isLossy(tokens[index] ?? ''));
    const fits = plain.every((index) => text.slice(starts[index], ends[index]) === tokens[index]);
    if (fits && plain.length > 0) return { first, ends: positions.map((index) => (ends[index] ?? to) - from) };
  }
  return null;
}
