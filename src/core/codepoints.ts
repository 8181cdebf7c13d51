/** Without the `u` flag: two units that make one code point. A lone surrogate is a code point of its own. */
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** How many Unicode code points a text has; a lone surrogate counts as one, as for JavaScript's own iterator. */
export function codePointCount(text: string): number {
  return text.length - (text.match(PAIR)?.length ?? 0);
}

/** The code points that start before a UTF-16 offset of the text: inside, offsets are UTF-16; the contract shows these. */
export function codePointOffset(text: string, offset: number): number {
  return codePointCount(text.slice(0, offset));
}
