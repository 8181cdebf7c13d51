import { decoders, type Decoder, utf8 } from './token-bytes.ts';

function endsWith(bytes: Uint8Array, end: number, piece: Uint8Array): boolean {
  if (piece.length > end) return false;
  return piece.every((byte, index) => bytes[end - piece.length + index] === byte);
}

/**
 * Where a run of tokens of unknown bytes starts that ends at `end`: the shortest stretch before which `known` fits. Each
 * token has at least one byte, and no more than its string takes in UTF-8: U+FFFD stands for up to three.
 */
function startOfRun(bytes: Uint8Array, end: number, run: readonly string[], known: Uint8Array | null): number | null {
  const most = run.reduce((total, token) => total + utf8.encode(token).length, 0);
  if (known) {
    for (let start = end - run.length; start > 0 && start >= end - most; start -= 1) {
      if (endsWith(bytes, start, known)) return start;
    }
  }
  return end >= run.length && end <= most ? 0 : null;
}

/**
 * Byte at which each token starts, from the last one backwards until byte `from` is reached; null when the text does
 * not end in these tokens. Tokens before that, and tokens inside a run of unknown ones, are left undefined.
 */
function startsFrom(tokens: readonly string[], decode: Decoder, bytes: Uint8Array, from: number): (number | undefined)[] | null {
  const starts = Array.from<number | undefined>({ length: tokens.length });
  const piece = (index: number): Uint8Array | null => decode(tokens[index] ?? '');
  let end = bytes.length;
  for (let index = tokens.length - 1; end > from; index -= 1) {
    if (index < 0) return null;
    const known = piece(index);
    if (known) {
      // the text may be cut off at its start: a token that reaches over it counts as lying inside
      const inside = known.length > end ? known.subarray(known.length - end) : known;
      if (!endsWith(bytes, end, inside)) return null;
      end -= inside.length;
      starts[index] = end;
      continue;
    }
    let first = index;
    while (first > 0 && piece(first - 1) === null) first -= 1;
    const start = startOfRun(bytes, end, tokens.slice(first, index + 1), first > 0 ? piece(first - 1) : null);
    if (start === null) return null;
    // as many tokens as bytes: one each
    if (end - start === index - first + 1) for (let each = first; each <= index; each += 1) starts[each] = start + each - first;
    starts[first] = start;
    end = start;
    index = first;
  }
  return starts;
}

/** UTF-16 index of each byte offset of the text; offsets inside a character count as its start. */
export function charactersOfBytes(text: string): Int32Array {
  const index: number[] = [];
  let at = 0;
  for (const character of text) {
    for (let byte = utf8.encode(character).length; byte > 0; byte -= 1) index.push(at);
    at += character.length;
  }
  index.push(at);
  return Int32Array.from(index);
}

/** The tokens that make up a part of a text: the first one's position, and where each ends, UTF-16 from the part's start. */
export interface Cut {
  first: number;
  ends: number[];
}

/** Enough for any token that straddles the start of a part. */
const BEFORE = 256;

/**
 * Cuts `text.slice(from, to)` by tokens of which the last one ends where the text ends. Tokens that overlap the part
 * belong to it, also one that straddles its start. A token that is a part of a character ends where the character
 * starts, and only the one with its last byte ends where the character ends.
 * @returns null when the strings do not fit the text, or no token ends at `to`
 */
export function cutByStrings(tokens: readonly string[], text: string, from: number, to: number = text.length): Cut | null {
  let origin = Math.max(0, from - BEFORE);
  if (/[\uDC00-\uDFFF]/.test(text.charAt(origin))) origin += 1;
  const near = text.slice(origin);
  const bytes = utf8.encode(near);
  const fromByte = utf8.encode(text.slice(origin, from)).length;
  const toByte = utf8.encode(text.slice(origin, to)).length;
  const characters = charactersOfBytes(near);
  for (const decode of decoders) {
    const starts = startsFrom(tokens, decode, bytes, fromByte);
    if (!starts) continue;
    const ends = endsOf(starts, bytes.length);
    const last = ends.findLastIndex((end, index) => end === toByte && starts[index] !== toByte);
    const first = firstOf({ tokens, decode, starts, ends }, bytes, fromByte);
    if (last < 0 || first === null) return null;
    const inside = ends.slice(first, last + 1).map((end) => Math.max(fromByte, end ?? fromByte));
    return { first, ends: inside.map((end) => (characters[end] ?? 0) + origin - from) };
  }
  return null;
}

interface Aligned {
  tokens: readonly string[];
  decode: Decoder;
  starts: readonly (number | undefined)[];
  ends: readonly (number | undefined)[];
}

/** The first token that holds bytes after `from`; null when that cannot be told. */
function firstOf({ tokens, decode, starts, ends }: Aligned, bytes: Uint8Array, from: number): number | null {
  let first = ends.findIndex((end) => end !== undefined && end > from);
  if (first < 0) return null;
  // a run of unknown tokens that starts here belongs here as a whole; one that starts before may have its border anywhere
  if (starts[first] === undefined) {
    while (first > 0 && starts[first] === undefined && decode(tokens[first] ?? '') === null) first -= 1;
    return (starts[first] ?? -1) >= from ? first : null;
  }
  // vLLM shows the first bytes of a character as empty tokens before the one that completes it
  if ((bytes[from] ?? 0) >= 0x80) while (first > 0 && tokens[first - 1] === '') first -= 1;
  return first;
}

/** A token ends where the next one starts; in a run of unknown tokens all but the last end where the run starts. */
function endsOf(starts: readonly (number | undefined)[], length: number): (number | undefined)[] {
  const ends = [...starts.slice(1), length];
  const known = starts.findIndex((start) => start !== undefined);
  for (let index = Math.max(1, known); index < ends.length; index += 1) ends[index] ??= ends[index - 1] ?? starts[known];
  return ends;
}
