import { fMeasure } from './fmeasure.ts';
import { commonCount, ngrams, ngramTotal } from './ngrams.ts';

/** Long enough to tell words, short enough for one-word answers. */
const ORDER = 2;

function characters(text: string): string[] {
  return Array.from(` ${text.normalize('NFC').replaceAll(/\s+/gu, ' ')} `);
}

/** Of several texts the one most alike by shared pairs of characters (F1); the earliest among equals, null of none. */
export function nearest(reference: string, candidates: readonly string[]): string | null {
  if (candidates.length < 2) return candidates[0] ?? null;
  const wanted = characters(reference);
  const counts = ngrams(wanted, ORDER);
  let best: string | null = null;
  let highest = -1;
  for (const candidate of new Set(candidates)) {
    const given = characters(candidate);
    const common = commonCount(counts, ngrams(given, ORDER));
    const alike = fMeasure(common / Math.max(1, ngramTotal(given.length, ORDER)), common / Math.max(1, ngramTotal(wanted.length, ORDER)), 1);
    if (alike > highest) [best, highest] = [candidate, alike];
  }
  return best;
}
