import { z } from 'zod';
import { fMeasure } from '../text/fmeasure.ts';
import { commonCount, ngrams, ngramTotal, type Counts } from '../text/ngrams.ts';
import { textScorer } from '../textscorer.ts';

const options = z.strictObject({
  max_order: z.int().min(1).max(12).default(6).describe('Longest character n-gram.'),
  beta: z.number().positive().max(100).default(2).describe('Recall counts this many times as much as precision.'),
  whitespace: z.boolean().default(false).describe('Whether whitespace counts as characters.'),
});

function characters(text: string, whitespace: boolean): string[] {
  const normal = text.normalize('NFC');
  return Array.from(whitespace ? normal : normal.replace(/\s+/gu, ''));
}

/** Precision and recall of one order; null where either text is too short to have an n-gram of it. */
function orderScore(reference: Counts, candidate: readonly string[], referenceLength: number, order: number) {
  const inCandidate = ngramTotal(candidate.length, order);
  const inReference = ngramTotal(referenceLength, order);
  if (inCandidate === 0 || inReference === 0) return null;
  const common = commonCount(reference, ngrams(candidate, order));
  return { precision: common / inCandidate, recall: common / inReference };
}

/**
 * chrF (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"): F_β of the mean precision and the
 * mean recall over the orders 1…max_order, on code points. Orders that one of the texts is too short for are left out
 * of both means (sacreBLEU's effective order), so that an identical short answer scores 1. An empty text is like
 * nothing but another empty text.
 */
export const chrf = textScorer({
  id: 'chrf',
  title: 'chrF: character n-gram F-score',
  options,
  similarity(reference, { max_order: maxOrder, beta, whitespace }) {
    const wanted = characters(reference, whitespace);
    const counts = Array.from({ length: maxOrder }, (_, index) => ngrams(wanted, index + 1));
    return (candidate) => {
      const given = characters(candidate, whitespace);
      if (wanted.length === 0 || given.length === 0) return wanted.length === given.length ? 1 : 0;
      const scores = counts.map((grams, index) => orderScore(grams, given, wanted.length, index + 1));
      const orders = scores.filter((order) => order !== null);
      const mean = (pick: 'precision' | 'recall'): number => orders.reduce((sum, order) => sum + order[pick], 0) / orders.length;
      return fMeasure(mean('precision'), mean('recall'), beta);
    };
  },
});
