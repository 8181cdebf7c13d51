/*
 * Servers give tokens as strings of many kinds: plain text, GPT-2's byte alphabet, SentencePiece pieces, `bytes:\xe2`,
 * or U+FFFD where a token is a part of a character. Compared are bytes.
 */

export const utf8 = new TextEncoder();

/** null: the string does not tell the token's bytes. */
export type Decoder = (token: string) => Uint8Array | null;

const REPLACEMENT = '\uFFFD';

export const plain: Decoder = (token) => {
  if (/^bytes:(\\x[0-9a-f]{2})+$/i.test(token)) {
    return Uint8Array.from(token.slice(6).match(/[0-9a-f]{2}/gi) ?? [], (hex) => Number.parseInt(hex, 16));
  }
  return token.includes(REPLACEMENT) ? null : utf8.encode(token);
};

/** GPT-2's byte-level alphabet: printable Latin-1 stands for itself, the other 68 bytes from U+0100 on, in order. */
const byteOfCharacter = new Map<string, number>();
for (let byte = 0, next = 0x100; byte < 256; byte += 1) {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  byteOfCharacter.set(String.fromCharCode(printable ? byte : next++), byte);
}

export const byteLevel: Decoder = (token) => {
  const bytes = Array.from(token, (character) => byteOfCharacter.get(character));
  return bytes.includes(undefined) ? utf8.encode(token) : Uint8Array.from(bytes as number[]);
};

export const sentencePiece: Decoder = (token) => {
  const byte = /^<0x([0-9a-f]{2})>$/i.exec(token)?.[1];
  return byte === undefined ? utf8.encode(token.replaceAll('\u2581', ' ')) : Uint8Array.of(Number.parseInt(byte, 16));
};

/** In the order in which they are tried: the first one under which all tokens fit the text is the one. */
export const decoders: readonly Decoder[] = [plain, byteLevel, sentencePiece];

/** Whether the string leaves open which bytes the token has. */
export function isLossy(token: string): boolean {
  return plain(token) === null;
}
