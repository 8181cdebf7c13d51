import { type Leaf, columnsOf, isLazy, markerOf, readLine } from './markdownlines.ts';
import { linesOf } from './textlines.ts';
import { isBlank } from './whitespace.ts';

/*
 * Where the blocks of a Markdown text start: one pass over the lines, linear in the text whatever it holds. A full
 * parser gives the same places, but takes the square of the length on a pile of headings or list marks (22 s for 60 kB
 * of micromark), which a service cannot afford.
 */

/** More list marks than these on one line are text. */
const MOST_MARKS = 16;

const NONE: Leaf = { kind: 'none' };

/** The state between two lines. */
interface Scan {
  leaf: Leaf;
  /** Column where the content of every open list item begins, outermost first. */
  items: number[];
  /** Whether the innermost item has no content yet: a blank line ends it then. */
  bare: boolean;
}

/** Leaves the list items that a line does not belong to. Whether it left one: a list is open where the line stands. */
function leaveItems(scan: Scan, column: number): boolean {
  const depth = scan.items.length;
  while ((scan.items.at(-1) ?? 0) > column) scan.items.pop();
  if (scan.items.length === depth) return false;
  scan.leaf = NONE;
  return true;
}

/** Reads the list marks of a line, then what stands behind them. Whether a block begins that stands on its own. */
function readContent(scan: Scan, content: string, next: string, column: number, listIsOpen: boolean): boolean {
  let rest = content;
  let at = column;
  let marks = 0;
  while (marks < MOST_MARKS && scan.leaf.kind !== 'heading row') {
    const marker = markerOf(rest, at);
    const running = scan.leaf.kind === 'paragraph' && !listIsOpen && marks === 0;
    if (marker === null || (running && !marker.mayInterrupt)) break;
    marks += 1;
    at += marker.width;
    scan.items.push(at);
    scan.leaf = NONE;
    scan.bare = marker.isEmpty;
    rest = marker.rest;
    if (rest === '') return true;
  }
  const topLevel = scan.items.length === 0;
  const { leaf, begins } = readLine(scan.leaf, rest, next, scan.items.at(-1) ?? 0);
  scan.leaf = leaf;
  return marks > 0 || (begins && topLevel);
}

/** Whether a block or a list item begins at the line. */
function readBlockLine(scan: Scan, line: string, next: string): boolean {
  const content = line.trimStart();
  const column = columnsOf(line.slice(0, line.length - content.length));
  if (isBlank(line)) {
    const lasts = scan.leaf.kind === 'code' || (scan.leaf.kind === 'verbatim' && scan.leaf.ends !== null);
    if (!lasts) scan.leaf = NONE;
    if (scan.bare) scan.items.pop();
    scan.bare = false;
    return false;
  }
  scan.bare = false;
  if (scan.leaf.kind === 'verbatim' && column >= scan.leaf.column) {
    if (scan.leaf.ends?.(content)) scan.leaf = NONE;
    return false;
  }
  if (column < (scan.items.at(-1) ?? 0) && isLazy(scan.leaf, content)) return false;
  const listIsOpen = leaveItems(scan, column);
  const running = scan.leaf.kind === 'paragraph' || (scan.leaf.kind === 'quote' && scan.leaf.lazy);
  if (column - (scan.items.at(-1) ?? 0) >= 4) {
    const begins = !running && scan.leaf.kind !== 'code' && scan.items.length === 0;
    if (!running) scan.leaf = { kind: 'code' };
    return begins;
  }
  return readContent(scan, content, next, column, listIsOpen);
}

/**
 * Starts of all top-level blocks, list items at any depth, and rows of top-level tables (heading and delimiter row
 * together). Quotes, fenced code and HTML stay whole.
 * @returns UTF-16 offsets of line starts, in order
 */
export function markdownBlockStarts(text: string): number[] {
  const scan: Scan = { leaf: NONE, items: [], bare: false };
  const lines = linesOf(text);
  const starts: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (readBlockLine(scan, line.text, lines[i + 1]?.text ?? '')) starts.push(line.start);
  }
  return starts;
}
