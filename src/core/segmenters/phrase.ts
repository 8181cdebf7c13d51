import { z } from 'zod';
import { spansAt } from '../boundaries.ts';
import { phraseCuts } from '../phrases/sentence.ts';
import { phraseSentences } from '../phrases/sentences.ts';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({
  language: z
    .string()
    .max(64)
    .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, { message: 'must be `auto` or a language tag' })
    .default('auto')
    .describe('Language tag; `auto` tells it sentence by sentence. English has a grammar, other languages have rules.'),
  max_words: z
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .describe(
      'Words of the longest phrase; a longer one is cut where it parts best. Code, dates and short quotations stay whole.',
    ),
  min_words: z.int().min(1).max(1_000).default(1).describe('Shorter phrases join a neighbour, as far as `max_words` allows.'),
});

/*
 * What the tagger may cost one text, in characters: a sentence costs it its length and a start worth some more. That is
 * about 1 s; English behind it is cut by rules, too.
 */
const WORK = 100_000;
const START = 80;

/** Noun, verb and prepositional groups. Each sentence is cut by itself: alike alone and inside a text. */
export const phrase: Segmenter<z.output<typeof options>> = {
  id: 'phrase',
  title: 'Phrases',
  options,
  level: 'phrase',
  segment(text, given) {
    const cuts: number[] = [];
    let work = 0;
    for (const { start, end } of phraseSentences(text)) {
      work += end - start + START;
      cuts.push(start);
      for (const offset of phraseCuts(text.slice(start, end), given, work <= WORK)) cuts.push(start + offset);
    }
    return spansAt(text, cuts);
  },
};
