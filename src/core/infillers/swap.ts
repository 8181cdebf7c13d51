import { z } from 'zod';
import { wordSpans } from '../edits/words.ts';
import { foldCase } from '../text/fold.ts';
import type { Infiller, Span } from '../types.ts';

const entry = z.string().trim().min(1).max(1_000);
const alternative = z.string().max(1_000);

const options = z
  .strictObject({
    words: z
      .record(entry, z.array(alternative).min(1).max(1_000))
      .default({})
      .describe('What may stand for a word, or for several: `{"tortoise": ["turtle", "cat"]}`. An empty text takes it away.'),
    kinds: z
      .array(z.array(entry).min(2).max(1_000))
      .max(1_000)
      .default([])
      .describe('Lists of words of a kind: each may stand for every other.'),
  })
  .describe('Nothing is swapped where no word of these stands.');

type Options = z.output<typeof options>;

/** Words as they are looked up: whatever their case and the whitespace between them. */
function keyOf(text: string): string {
  return foldCase(text.normalize('NFC')).replaceAll(/\s+/g, ' ').trim();
}

interface Swaps {
  proposals: Map<string, string[]>;
  /** Words of the longest entry. */
  longest: number;
}

const tables = new WeakMap<Options, Swaps>();

/** The options as one table, made once for the many texts that it is asked about. */
function swapsOf(given: Options): Swaps {
  const known = tables.get(given);
  if (known) return known;
  const proposals = new Map<string, string[]>();
  const add = (from: string, more: readonly string[]): void => {
    const key = keyOf(from);
    const own = proposals.get(key) ?? [];
    own.push(...more.filter((to) => keyOf(to) !== key && !own.includes(to)));
    if (own.length > 0) proposals.set(key, own);
  };
  for (const [from, more] of Object.entries(given.words)) add(from, more);
  for (const kind of given.kinds) for (const from of kind) add(from, kind);
  const longest = Math.max(0, ...[...proposals.keys()].map((key) => wordSpans(key).length));
  const swaps = { proposals, longest };
  tables.set(given, swaps);
  return swaps;
}

const CAPITAL = /^\p{Lu}/u;
const SMALL = /^\p{Ll}/u;

/** With a capital where the words have one, as at the start of a sentence. */
function cased(words: string, proposal: string): string {
  return CAPITAL.test(words) ? proposal.replace(SMALL, (letter) => letter.toUpperCase()) : proposal;
}

/** Words from the caller's list, the longest entry first where several begin at a word. */
export const swap: Infiller<Options> = {
  id: 'swap',
  title: 'Swap for words of a list',
  options,
  stretches(text, given) {
    const { proposals, longest } = swapsOf(given);
    const spans = wordSpans(text);
    const found: Span[] = [];
    for (let at = 0; at < spans.length; ) {
      let taken = 0;
      for (let count = Math.min(longest, spans.length - at); count > 0 && taken === 0; count -= 1) {
        const span = { start: spans[at]?.start ?? 0, end: spans[at + count - 1]?.end ?? 0 };
        if (!proposals.has(keyOf(text.slice(span.start, span.end)))) continue;
        found.push(span);
        taken = count;
      }
      at += Math.max(1, taken);
    }
    return found;
  },
  proposals(text, given) {
    return (swapsOf(given).proposals.get(keyOf(text)) ?? []).map((proposal) => cased(text, proposal));
  },
};
