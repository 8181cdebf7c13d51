import { z } from 'zod';
import { fMeasure } from '../text/fmeasure.ts';
import { lcsLength } from '../text/lcs.ts';
import { words } from '../text/words.ts';
import { textScorer } from '../textscorer.ts';

const options = z.strictObject({
  beta: z.number().positive().max(100).default(1).describe('Recall counts this many times as much as precision.'),
  ignore_case: z.boolean().default(true),
  ignore_punctuation: z.boolean().default(true),
});

/**
 * ROUGE-L on the whole text (Lin 2004, "ROUGE: a package for automatic evaluation of summaries", section 3.1): with the
 * longest common subsequence of words, recall = LCS / words of the reference, precision = LCS / words of the answer,
 * and F_β of the two. Symmetric for beta = 1.
 */
export const rougeL = textScorer({
  id: 'rouge-l',
  title: 'ROUGE-L: longest common subsequence of words',
  options,
  similarity(reference, { beta, ignore_case: ignoreCase, ignore_punctuation: ignorePunctuation }) {
    const rules = { ignoreCase, ignorePunctuation };
    const wanted = words(reference, rules);
    return (candidate) => {
      const given = words(candidate, rules);
      if (wanted.length === 0 || given.length === 0) return wanted.length === given.length ? 1 : 0;
      const common = lcsLength(wanted, given);
      return fMeasure(common / given.length, common / wanted.length, beta);
    };
  },
});
