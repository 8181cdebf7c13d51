/*
 * What a line of Markdown begins, by CommonMark 0.31 section 4 and 5, and the table rule of GitHub's extension.
 * All patterns are tried on a line without its indentation.
 */

/** A block that lines after the first one belong to. */
export type Leaf =
  | { kind: 'none' | 'paragraph' | 'code' | 'heading row' | 'table' }
  /** `lazy`: a line without its mark may go on with it. */
  | { kind: 'quote'; lazy: boolean }
  /** Lasts to the line that `ends` says (null: to the next blank line), or to the end of the list item. */
  | { kind: 'verbatim'; ends: ((content: string) => boolean) | null; column: number };

interface Marker {
  /** Columns from the mark to where the item's content begins. */
  width: number;
  /** What stands behind the mark and may hold further marks; '' where it is code. */
  rest: string;
  isEmpty: boolean;
  /** Whether it can begin a list in the middle of a paragraph. */
  mayInterrupt: boolean;
}

const HEADING = /^#{1,6}(?:\s|$)/;
const UNDERLINE = /^(?:=+|-+)\s*$/;
const RULE = /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const MARKER = /^([*+-]|\d{1,9}[.)])([ \t]+|$)/;
const QUOTE = /^>/;
const QUOTED = /^(?:>[ \t]?)+/;
const DEFINITION = /^\[[^\]]+\]:[ \t]*\S/;
const DELIMITER = /^[\s:|-]+$/;
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})/;
/** HTML that ends with a mark of its own, and may hold blank lines. */
const RAW: readonly (readonly [RegExp, RegExp])[] = [
  [/^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/^<![a-z]/i, />/],
];
const BLOCK_TAG = new RegExp(
  `^</?(?:${[
    'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt',
    'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu',
    'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul',
  ].join('|')})(?:\\s|/?>|$)`,
  'i',
);
/** A tag alone on its line; unlike the others it cannot break into a paragraph. */
const LONE_TAG = /^<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?>\s*$/i;

/** How many columns a run of spaces and tabs takes from `column` on; a tab goes on to the next multiple of four. */
export function columnsOf(whitespace: string, column = 0): number {
  let at = column;
  for (const character of whitespace) at += character === '\t' ? 4 - (at % 4) : 1;
  return at - column;
}

/** The list mark that a line, or what follows another mark, begins with at `column`. */
export function markerOf(content: string, column: number): Marker | null {
  const found = RULE.test(content) ? null : MARKER.exec(content);
  if (!found) return null;
  const mark = found[1] ?? '';
  const spaces = found[2] ?? '';
  const rest = content.slice(mark.length + spaces.length);
  const gap = columnsOf(spaces, column + mark.length);
  const isCode = gap > 4;
  return {
    width: mark.length + (rest === '' || isCode ? 1 : gap),
    rest: isCode ? '' : rest,
    isEmpty: rest === '',
    mayInterrupt: rest !== '' && (mark.length === 1 || mark.slice(0, -1) === '1'),
  };
}

function verbatimOf(content: string, column: number): Leaf | null {
  const fence = FENCE.exec(content)?.[1];
  if (fence) {
    // a closing fence is as long or longer, and holds nothing else
    const ends = (line: string): boolean => line.startsWith(fence) && line.trim().replaceAll(fence.charAt(0), '') === '';
    return { kind: 'verbatim', ends, column };
  }
  const raw = RAW.find(([opening]) => opening.test(content));
  if (raw) return raw[1].test(content) ? { kind: 'none' } : { kind: 'verbatim', ends: (line) => raw[1].test(line), column };
  return BLOCK_TAG.test(content) ? { kind: 'verbatim', ends: null, column } : null;
}

function quoteOf(content: string): Leaf {
  const inner = content.replace(QUOTED, '').trim();
  return { kind: 'quote', lazy: inner !== '' && !HEADING.test(inner) && !FENCE.test(inner) };
}

/** What breaks into a paragraph; lists apart. null: the line goes on with it. */
function interruption(content: string, column: number): Leaf | null {
  if (HEADING.test(content) || RULE.test(content)) return { kind: 'none' };
  if (QUOTE.test(content)) return quoteOf(content);
  return verbatimOf(content, column);
}

/**
 * What a line does that begins no list item.
 * @param open   the block that is open before it
 * @param next   the line after it, which makes a table of it or not
 * @param column where the content of the list item that holds it begins
 * @returns the block that is open after it, and whether the line begins that block
 */
export function readLine(open: Leaf, content: string, next: string, column: number): { leaf: Leaf; begins: boolean } {
  if (open.kind === 'heading row') return { leaf: { kind: 'table' }, begins: false };
  if (open.kind === 'paragraph' && UNDERLINE.test(content)) return { leaf: { kind: 'none' }, begins: false };
  const broken = interruption(content, column);
  if (broken) return { leaf: broken, begins: !(open.kind === 'quote' && broken.kind === 'quote') };
  if (open.kind === 'table') return { leaf: open, begins: true };
  if (content.includes('|') && DELIMITER.test(next) && next.includes('|') && next.includes('-')) {
    return { leaf: { kind: 'heading row' }, begins: true };
  }
  if (open.kind === 'paragraph' || (open.kind === 'quote' && open.lazy)) return { leaf: open, begins: false };
  if (DEFINITION.test(content)) return { leaf: { kind: 'none' }, begins: true };
  if (LONE_TAG.test(content)) return { leaf: { kind: 'verbatim', ends: null, column }, begins: true };
  return { leaf: { kind: 'paragraph' }, begins: true };
}

/** Whether a line that is not indented enough for its list item goes on with the paragraph in it all the same. */
export function isLazy(open: Leaf, content: string): boolean {
  const runs = open.kind === 'paragraph' || (open.kind === 'quote' && open.lazy);
  return runs && interruption(content, 0) === null && markerOf(content, 0) === null;
}
