import { z } from 'zod';
import { foldCase, withoutPunctuation } from '../text/fold.ts';
import { textScorer } from '../textscorer.ts';

const options = z.strictObject({
  ignore_case: z.boolean().default(false),
  ignore_punctuation: z.boolean().default(false),
  trim: z.boolean().default(true).describe('Ignores whitespace at both ends.'),
});

type Options = z.output<typeof options>;

function normal(text: string, rules: Options): string {
  const punctuated = rules.ignore_punctuation ? withoutPunctuation(text) : text;
  const cased = (rules.ignore_case ? foldCase(punctuated) : punctuated).normalize('NFC');
  return rules.trim ? cased.trim() : cased;
}

/** 1 when the answer is the same text (in Unicode's composed form, NFC), else 0. Symmetric. */
export const exact = textScorer({
  id: 'exact',
  title: 'Exact match',
  options,
  rate: true,
  similarity(reference, rules) {
    const wanted = normal(reference, rules);
    return (candidate) => (normal(candidate, rules) === wanted ? 1 : 0);
  },
});
