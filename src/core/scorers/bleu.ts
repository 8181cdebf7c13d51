import { z } from 'zod';
import { commonCount, ngrams, ngramTotal } from '../text/ngrams.ts';
import { words } from '../text/words.ts';
import { textScorer } from '../textscorer.ts';

const options = z.strictObject({
  max_order: z.int().min(1).max(12).default(4).describe('Longest word n-gram.'),
  ignore_case: z.boolean().default(false),
});

/**
 * Sentence BLEU (Papineni et al. 2002): geometric mean of the clipped n-gram precisions times the brevity penalty
 * exp(1 − r/c) for an answer of c words shorter than the reference's r. Smoothed as in Lin & Och 2004 ("ORANGE"): one
 * is added to matches and totals of every order above 1, so one missing long n-gram does not make 0; no common word at
 * all does. Orders that the answer is too short for are left out, otherwise the added one would count them as perfect.
 */
export const bleu = textScorer({
  id: 'bleu',
  title: 'BLEU: word n-gram precision, smoothed',
  options,
  similarity(reference, { max_order: maxOrder, ignore_case: ignoreCase }) {
    const rules = { ignoreCase, ignorePunctuation: false };
    const wanted = words(reference, rules);
    const counts = Array.from({ length: maxOrder }, (_, index) => ngrams(wanted, index + 1));
    return (candidate) => {
      const given = words(candidate, rules);
      if (wanted.length === 0 || given.length === 0) return wanted.length === given.length ? 1 : 0;
      const orders = counts.slice(0, given.length);
      let logs = 0;
      for (const [index, grams] of orders.entries()) {
        const added = index === 0 ? 0 : 1;
        const matches = commonCount(grams, ngrams(given, index + 1)) + added;
        logs += Math.log(matches / (ngramTotal(given.length, index + 1) + added));
      }
      const brevity = Math.min(0, 1 - wanted.length / given.length);
      return Math.exp(brevity + logs / orders.length);
    };
  },
});
