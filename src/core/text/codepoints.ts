const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * UTF-16 offset of the code point at position `count` (of the text's end for the position past the last); null beyond
 * that. A lone surrogate is one code point, as for JavaScript's string iterator, so that every string can be counted.
 */
export function offsetOfCodePoint(text: string, count: number): number | null {
  let offset = 0;
  for (let seen = 0; seen < count; seen += 1) {
    if (offset >= text.length) return null;
    offset += isHigh(text.charCodeAt(offset)) && isLow(text.charCodeAt(offset + 1)) ? 2 : 1;
  }
  return offset;
}
