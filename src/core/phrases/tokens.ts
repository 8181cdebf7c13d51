import { segmenterFor } from '../locale.ts';
import type { Span } from '../types.ts';
import { heldSpans } from './held.ts';

/** The smallest piece that phrases are made of. */
export interface Token extends Span {
  /** Signs before the first letter, digit or picture. */
  before: string;
  /** The rest, in small letters, with straight apostrophes. */
  key: string;
  /** Signs behind the last letter, digit or picture; everything of a token that has none. */
  after: string;
  /** How many words it counts for; 0 for signs alone. */
  words: number;
  /** Stays whole although it has spaces. */
  held: boolean;
}

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const SOLID = '[\\p{L}\\p{N}\\p{M}\\p{Extended_Pictographic}\\p{Regional_Indicator}]';
const FIRST = new RegExp(SOLID, 'u');
const TAIL = new RegExp(`(?:(?!${SOLID})[^])*$`, 'u');
const HAS_EM_DASH = /(?<=.)—|\p{L}--\p{L}/u;
const AFTER_EM_DASH = /(?<=[^—]—+)(?=[^—])|(?<=\p{L}--)(?=\p{L})/u;
const EAST_CLOSING = /^[\p{Pe}\p{Pf}、。，．；：！？…～ฯๆ]+$/u;
const EAST_OPENING = /^[\p{Ps}\p{Pi}]+$/u;

/** Ends of the words in a run without spaces; what is no such script (a URL, a number) stays together. */
function eastEnds(run: string, words: Intl.Segmenter): number[] {
  const ends: number[] = [];
  let last: 'east' | 'plain' | 'open' | 'none' = 'none';
  for (const { index, segment } of words.segment(run)) {
    const end = index + segment.length;
    const isClosing = EAST_CLOSING.test(segment);
    const kind = UNSPACED.test(segment) && !isClosing ? 'east' : EAST_OPENING.test(segment) ? 'open' : 'plain';
    if (last === 'open' || (isClosing && last !== 'none') || (kind === 'plain' && last === 'plain')) ends.pop();
    ends.push(end);
    last = isClosing && last !== 'none' ? 'east' : kind;
  }
  return ends;
}

function endsOf(run: string, words: (kana: boolean) => Intl.Segmenter): number[] {
  if (UNSPACED.test(run)) return eastEnds(run, words(KANA.test(run)));
  if (!HAS_EM_DASH.test(run) || run.includes('://')) return [run.length];
  let end = 0;
  return run.split(AFTER_EM_DASH).map((part) => (end += part.length));
}

function tokenOf(text: string, { start, end }: Span, held: boolean): Token {
  const all = text.slice(start, end);
  const first = all.search(FIRST);
  if (first < 0) return { start, end, before: '', key: '', after: all, words: 0, held };
  const after = TAIL.exec(all.slice(-40))?.[0] ?? '';
  const key = all.slice(first, all.length - after.length).toLowerCase().replaceAll('’', "'");
  return { start, end, before: all.slice(0, first), key, after, words: all.match(/\S+/g)?.length ?? 1, held };
}

/**
 * Tokens in order, without the whitespace between them: words of any script with the signs that touch them.
 * @param quoted words that a quotation may have to be one token
 */
export function tokensOf(text: string, quoted: number): Token[] {
  const held = heldSpans(text, quoted);
  const cache = new Map<boolean, Intl.Segmenter>();
  const words = (kana: boolean): Intl.Segmenter => {
    const found = cache.get(kana) ?? segmenterFor(kana ? 'ja' : 'zh', 'word');
    cache.set(kana, found);
    return found;
  };
  const pieces: (Span & { held: boolean })[] = [];
  let next = 0;
  for (const run of text.matchAll(/\S+/g)) {
    let start = run.index;
    for (const offset of endsOf(run[0], words)) {
      const end = run.index + offset;
      while ((held[next]?.end ?? Infinity) <= start) next += 1;
      const last = pieces.at(-1);
      if (last && (held[next]?.start ?? Infinity) < start) {
        last.end = end;
        last.held = true;
      } else pieces.push({ start, end, held: false });
      start = end;
    }
  }
  return pieces.map((piece) => tokenOf(text, piece, piece.held));
}
