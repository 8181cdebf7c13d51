import { type TextLine, linesOf } from './textlines.ts';
import { HAS_LINE_END, isBlank } from './whitespace.ts';

/*
 * Unicode ends a sentence at every line end. In prose that was wrapped to a width a line end means nothing, so those
 * line ends are made spaces before sentences are looked for; offsets stay as they are.
 */

const NARROWEST = 40;
const WIDEST = 160;
/** Wrapping by hand and hyphenation leave a little room. */
const SLACK = 0.9;

/** List items, headings, quotes, tables, tags and brackets: a line of its own, whatever stands before it. */
const STARTS_ITEM = /^\s*(?:[-*+•‣◦·–—]\s|\(?\d{1,9}[.)]\s|\(?\p{L}[.)]\s|#{1,6}\s|[>|<{}[\]]|={3}|-{3}|\*{3})/u;
const IS_HEADING = /^\s*(?:#{1,6}\s|\|)/;
const FENCE = /^\s*(?:`{3}|~{3})/;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g;
const FIRST_WORD = /^\s*(?:[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\S+)/;
const UNFINISHED = /[\p{L}\p{N},)\]"'”’»-]\s*$/u;
const STARTS_LOWER = /^\s*\p{Ll}/u;

/** Columns on a terminal: East Asian wide characters take two. */
function width(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

/** Runs of lines that could be one paragraph: no blank line, no fence, an item only at the top. */
function blocksOf(lines: readonly TextLine[]): TextLine[][] {
  const blocks: TextLine[][] = [];
  let current: TextLine[] = [];
  let fenced = false;
  const close = (): void => {
    if (current.length > 1) blocks.push(current);
    current = [];
  };
  for (const line of lines) {
    const fence = FENCE.test(line.text);
    if (fence) fenced = !fenced;
    if (fence || fenced || isBlank(line.text)) {
      close();
      continue;
    }
    if (STARTS_ITEM.test(line.text)) close();
    current.push(line);
    if (IS_HEADING.test(line.text)) close();
  }
  close();
  return blocks;
}

/**
 * Whether a tool wrapped the block: every line but the last is so full that the first word of the next would not have
 * fitted. Two lines prove nothing.
 */
function isWrapped(block: readonly TextLine[]): boolean {
  if (block.length < 3) return false;
  const widths = block.map((line) => width(line.text.trimEnd()));
  const widest = widths.reduce((most, columns) => Math.max(most, columns), 0);
  if (widest < NARROWEST || widest > WIDEST) return false;
  return block.every((line, i) => {
    const following = block[i + 1];
    if (following === undefined) return true;
    return width(line.text.trimEnd()) + 1 + width(FIRST_WORD.exec(following.text)?.[0].trim() ?? '') > widest * SLACK;
  });
}

/** The text with every line end that only wraps prose replaced by as many spaces. */
export function softened(text: string): string {
  if (!HAS_LINE_END.test(text)) return text;
  const soft: TextLine[] = [];
  for (const block of blocksOf(linesOf(text))) {
    const wrapped = isWrapped(block);
    for (const [i, line] of block.entries()) {
      const following = block[i + 1];
      if (following === undefined) continue;
      const runsOn = line.text.length >= NARROWEST && UNFINISHED.test(line.text) && STARTS_LOWER.test(following.text);
      if (wrapped || runsOn) soft.push(line);
    }
  }
  let result = '';
  let from = 0;
  for (const { end, next } of soft) {
    result += text.slice(from, end) + ' '.repeat(next - end);
    from = next;
  }
  return result + text.slice(from);
}
