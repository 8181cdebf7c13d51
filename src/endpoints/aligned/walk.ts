import { decoderOf } from '../openings/texts.ts';
import type { Shown, Spoken } from '../shapes/shape.ts';
import { charactersOfBytes } from '../ways/align.ts';
import { utf8 } from '../ways/token-bytes.ts';

/*
 * A new answer beside a given one. As long as both say the same, what the server shows of its own tokens is what it thinks
 * of the given ones: the context is the same. Where they part, the given token may still be among the alternatives.
 */

/** How far a new answer follows a given one. */
export interface Walk {
  /** Of the given answer's tokens: measured before `known`, a bound at it where the answers part. */
  logprobs: Float64Array;
  /** The first token in which the new answer is another; null: there is none. */
  divergence: number | null;
  /** How many tokens, from the first on, are measured. */
  known: number;
}

const SPACE = 0x20;

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Servers take the space away that an answer begins with, and still show it with the token. */
function withoutSpaces(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (bytes[at] === SPACE) at += 1;
  return bytes.subarray(at);
}

/** Bytes of a reply's tokens; null where they are not known. */
export function decoding(spoken: readonly Spoken[]): (token: Shown) => Uint8Array | null {
  const decode = decoderOf(spoken.flatMap(({ token, top }) => [token, ...top.map((each) => each.token)]));
  return ({ token, bytes }) => (bytes && bytes.length > 0 ? Uint8Array.from(bytes) : decode(token));
}

/** The bytes of the tokens that a text is cut into. @param ends UTF-16, on borders of characters */
export function piecesOf(text: string, ends: Int32Array): Uint8Array[] {
  return Array.from(ends, (end, index) => utf8.encode(text.slice(ends[index - 1] ?? 0, end)));
}

/** The most that a token that is not shown can have: less than any that is, at most what these leave, at most half. */
function bound(top: readonly Shown[]): number {
  const shown = top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  const least = top.reduce((low, { logprob }) => Math.min(low, logprob), 0);
  return Math.min(-Math.LN2, least, shown < 1 ? Math.log1p(-shown) : least);
}

/**
 * @returns the walk; a text says why there is none
 * @param floor what stands for the tokens after the one in which the answers part
 */
export function walk(spoken: readonly Spoken[], pieces: readonly Uint8Array[], floor: number): Walk | string {
  const bytesOf = decoding(spoken);
  const logprobs = new Float64Array(pieces.length).fill(floor);
  for (const [index, piece] of pieces.entries()) {
    const token = spoken[index];
    const fits = (other: Shown): boolean => {
      const bytes = bytesOf(other);
      return index === 0 ? same(bytes && withoutSpaces(bytes), withoutSpaces(piece)) : same(bytes, piece);
    };
    if (!token) {
      // it ended here, which it found likelier than to go on
      logprobs[index] = -Math.LN2;
      return { logprobs, divergence: index, known: index };
    }
    if (token.top.length === 0) return 'drafted tokens come without log-probabilities: the server decodes speculatively';
    if (bytesOf(token) === null) return 'a token does not tell its bytes';
    if (fits(token)) {
      logprobs[index] = token.logprob;
      continue;
    }
    const shown = token.top.find(fits);
    logprobs[index] = shown?.logprob ?? bound(token.top);
    return { logprobs, divergence: index, known: shown ? index + 1 : index };
  }
  return { logprobs, divergence: null, known: pieces.length };
}

/**
 * Where the tokens of a new answer end in a given one (UTF-16), when it follows it to its end.
 * @returns a text says why it does not
 */
export function endsAlong(spoken: readonly Spoken[], text: string): Int32Array | string {
  const bytesOf = decoding(spoken);
  const whole = utf8.encode(text);
  const characters = charactersOfBytes(text);
  const ends: number[] = [];
  let at = 0;
  for (const [index, token] of spoken.entries()) {
    if (at === whole.length) break;
    const bytes = bytesOf(token);
    if (!bytes) return 'a token does not tell its bytes';
    const own = index === 0 && whole[0] !== SPACE ? withoutSpaces(bytes) : bytes;
    if (!same(own, whole.subarray(at, at + own.length)) || own.length === 0) break;
    at += own.length;
    // a token that ends inside a character could not be told from its neighbours later
    if (at < whole.length && (whole[at] ?? 0) >> 6 === 0b10) return 'a token ends inside a character';
    ends.push(characters[at] ?? 0);
  }
  return at === whole.length ? Int32Array.from(ends) : `the answer that it gives by itself leaves the given one after ${characters[at] ?? 0} of ${text.length} characters`;
}
