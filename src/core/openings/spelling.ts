const utf8 = new TextEncoder();
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** `<0xE6>`: a byte that is no whole character, as SentencePiece and `Opening.token` write it. */
const BYTE = /<0x([0-9A-F]{2})>/giu;

/**
 * A text by its bytes, one character per byte, without the whitespace at its ends: what labels and tokens are compared
 * by, since tokens may end inside a character and may or may not hold the space before a word.
 */
export function spelling(text: string): string {
  let at = 0;
  let bytes = '';
  const trimmed = text.trim();
  for (const match of trimmed.matchAll(BYTE)) {
    bytes += latin1(utf8.encode(trimmed.slice(at, match.index))) + String.fromCharCode(Number.parseInt(match[1] ?? '', 16));
    at = match.index + match[0].length;
  }
  return bytes + latin1(utf8.encode(trimmed.slice(at)));
}

/** null for a token that is whitespace alone, or whose bytes are not known. */
export function tokenSpelling(token: string): string | null {
  return token.includes('\uFFFD') ? null : spelling(token) || null;
}
