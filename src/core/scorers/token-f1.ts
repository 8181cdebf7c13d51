import { z } from 'zod';
import { fMeasure } from '../text/fmeasure.ts';
import { commonCount, ngrams } from '../text/ngrams.ts';
import { words } from '../text/words.ts';
import { textScorer } from '../textscorer.ts';

const options = z.strictObject({
  ignore_case: z.boolean().default(true),
  ignore_punctuation: z.boolean().default(true),
  ignore_articles: z.boolean().default(true).describe('Leaves out the English articles a, an and the.'),
});

type Options = z.output<typeof options>;

const ARTICLE = /^(?:a|an|the)$/i;

function tokens(text: string, rules: Options): string[] {
  const all = words(text, { ignoreCase: rules.ignore_case, ignorePunctuation: rules.ignore_punctuation });
  const kept = rules.ignore_articles ? all.filter((word) => !ARTICLE.test(word)) : all;
  return kept.length > 0 ? kept : all;
}

/**
 * Overlap of two bags of words, as F1 (Rajpurkar et al. 2016, SQuAD, section 6.1), with its normalisation as options
 * and words of any language. Order does not count. What a rule would empty is left as it is: "The" is not "A". Symmetric.
 */
export const tokenF1 = textScorer({
  id: 'token-f1',
  title: 'Token F1: overlap of words',
  options,
  similarity(reference, rules) {
    const wanted = tokens(reference, rules);
    const bag = ngrams(wanted, 1);
    return (candidate) => {
      const given = tokens(candidate, rules);
      if (wanted.length === 0 || given.length === 0) return wanted.length === given.length ? 1 : 0;
      const common = commonCount(bag, ngrams(given, 1));
      return fMeasure(common / given.length, common / wanted.length, 1);
    };
  },
});
