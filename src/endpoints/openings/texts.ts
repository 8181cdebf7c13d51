import { byteLevel, type Decoder, plain, sentencePiece } from '../ways/token-bytes.ts';
import type { Shown } from '../shapes/shape.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes of the longest character in UTF-8. */
const LONGEST = 4;

function decoded(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes as text, those that make up no character as `<0xE6>`. */
export function textOf(bytes: Uint8Array): string {
  const whole = decoded(bytes);
  if (whole !== null) return whole;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, LONGEST].find((size) => at + size <= bytes.length && decoded(bytes.subarray(at, at + size)) !== null);
    text += length ? decoded(bytes.subarray(at, at + length)) : `<0x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')}>`;
    at += length ?? 1;
  }
  return text;
}

/** By the marks for a space, which no plain text begins its words with. */
export function decoderOf(tokens: readonly string[]): Decoder {
  if (tokens.some((token) => token.includes('\u2581') || /^<0x[0-9a-f]{2}>$/i.test(token))) return sentencePiece;
  return tokens.some((token) => /^[\u0120\u010A]/.test(token)) ? byteLevel : plain;
}

/** Texts of tokens, from their bytes where the reply has them. A token whose bytes are not known keeps its U+FFFD. */
export function tokenTexts(list: readonly Shown[]): string[] {
  const decode = decoderOf(list.map(({ token }) => token));
  return list.map(({ token, bytes }) => {
    const known = bytes && bytes.length > 0 ? Uint8Array.from(bytes) : decode(token);
    return known ? textOf(known) : token;
  });
}
