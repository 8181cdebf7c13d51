import { LINE_END } from './whitespace.ts';

/** One line of a text; offsets are UTF-16 code units of the whole text. */
export interface TextLine {
  /** Without its line end. */
  text: string;
  start: number;
  /** Where the line end starts; the end of the text for the last line. */
  end: number;
  /** Where the next line starts. */
  next: number;
}

/** All lines of a text; the last one is empty where the text ends with a line end. */
export function linesOf(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let start = 0;
  for (const found of text.matchAll(LINE_END)) {
    const next = found.index + found[0].length;
    lines.push({ text: text.slice(start, found.index), start, end: found.index, next });
    start = next;
  }
  lines.push({ text: text.slice(start), start, end: text.length, next: text.length });
  return lines;
}
