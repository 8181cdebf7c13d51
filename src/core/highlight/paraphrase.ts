import { z } from 'zod';
import { wordSpans } from '../edits/words.ts';
import { foldCase } from '../text/fold.ts';
import type { Infiller } from '../types.ts';

/** Units that one request asks about at most. */
export const TOGETHER = 8;

const options = z.strictObject({
  endpoint: z.string().min(1).max(100).nullable().default(null).describe('A configured endpoint, which must serve chat completions. null: that of the job.'),
  model: z.string().min(1).max(256).nullable().default(null).describe('null: the first of the endpoint, or the one of the call.'),
  proposals: z.int().min(1).max(20).default(4).describe('Paraphrases asked for of each highlighted unit; the answers of the check take them in turn.'),
  temperature: z.number().min(0).max(2).default(0),
  instructions: z.string().max(2_000).default('').describe('What the paraphrases shall be like, said to the model.'),
});

export type ParaphraseOptions = z.output<typeof options>;

/** Says units in other words, each whole but for the whitespace around it. No infiller of searches, whose words must say something else. */
export const paraphrase: Infiller<ParaphraseOptions> = {
  id: 'paraphrase',
  title: 'Other words that say the same',
  options,
  stretches(text) {
    if (wordSpans(text).length === 0) return [];
    return [{ start: text.length - text.trimStart().length, end: text.trimEnd().length }];
  },
  asks: (given) => ({ kind: 'paraphrase', ...given, together: TOGETHER }),
};

/** The words of a text, whatever their case and what stands between them. */
function wordsOf(text: string): string {
  const plain = foldCase(text.normalize('NFC'));
  return wordSpans(plain).map(({ start, end }) => plain.slice(start, end)).join(' ');
}

/** Whether a text says anything, and in other words than another one: case, spacing and punctuation are no words. */
export function isParaphrase(from: string, to: string): boolean {
  const said = wordsOf(to);
  return said !== '' && said !== wordsOf(from);
}
