/*
 * What counts as whitespace and as a line end, said once: segmenters cut by it, the renderer mends by it.
 * Whitespace is what `\s` matches. A line ends with \n, \r\n, \r, U+2028 or U+2029; \r\n is one end.
 */

/** Every line end, for splitting and counting; stateful only inside `replace`, `match` and `matchAll`. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;
export const HAS_LINE_END = /[\n\r\u2028\u2029]/;

const SPACE = /\s/;
/** By code of ASCII: 1 = whitespace. Looked up for every character that is cut by, and in a set each look takes a hash. */
const PLAIN = Uint8Array.from({ length: 0x80 }, (_, code) => Number(SPACE.test(String.fromCharCode(code))));
const SOLID = /\S/;

export function isSpace(character: string | undefined): boolean {
  if (character === undefined) return false;
  const code = character.charCodeAt(0);
  return code < 0x80 ? PLAIN[code] === 1 : SPACE.test(character);
}

/** Whether there is nothing but whitespace in a text; true for the empty one. */
export function isBlank(text: string): boolean {
  // nearly all texts begin with a letter
  return PLAIN[text.charCodeAt(0)] !== 0 && !SOLID.test(text);
}

/** Whether a line ends right before `offset`: false between \r and \n, true at the start of the text. */
export function isLineStart(text: string, offset: number): boolean {
  if (offset === 0) return true;
  const before = text[offset - 1];
  if (before === '\r') return text[offset] !== '\n';
  return before === '\n' || before === '\u2028' || before === '\u2029';
}

/** Where the last line of a run of whitespace starts: behind its last line end, 0 where it has none. */
export function lastLineStart(whitespace: string): number {
  for (let offset = whitespace.length; offset > 0; offset -= 1) if (isLineStart(whitespace, offset)) return offset;
  return 0;
}

/** A text taken apart into the whitespace before, the rest, and the whitespace behind. */
export interface Trimmed {
  lead: string;
  core: string;
  trail: string;
}

/** A blank text is all core: it stands for itself and separates nothing. */
export function trimmed(text: string): Trimmed {
  const core = text.trim();
  if (core === '') return { lead: '', core: text, trail: '' };
  const lead = text.length - text.trimStart().length;
  return { lead: text.slice(0, lead), core, trail: text.slice(lead + core.length) };
}

function lineEnds(whitespace: string): number {
  // the separators of nearly all texts, and this runs for every unit of every render
  if (whitespace === ' ' || whitespace === '') return 0;
  return whitespace.match(LINE_END)?.length ?? 0;
}

/** The stronger of two separators: more line ends, then longer; the first where they are equal. */
export function stronger(a: string, b: string): string {
  if (a === b) return a;
  const difference = lineEnds(b) - lineEnds(a);
  if (difference !== 0) return difference > 0 ? b : a;
  return b.length > a.length ? b : a;
}
