import { z } from 'zod';
import { tellingShape } from '../refusals/options.ts';
import { paraphrase } from './paraphrase.ts';
import { AFFIRMATION, affirmationText } from '../scorers/affirmation.ts';

const openers = z.array(z.string().max(200).refine((text) => text.trim() !== '', 'must not be blank')).min(1).max(64).nullable().default(null);

/** What a highlight is asked by, besides the attribution that it rests on. methods.md section 4. */
export const highlightShape = {
  alpha: z.number().positive().max(1).default(0.25).describe('The share of the units that is highlighted at most; at least one unit may be.'),
  affirmation: affirmationText.default(AFFIRMATION).describe('An answer that complies. Where the endpoint can weigh it, its mean log-probability is the value that is attributed.'),
  openers: z
    .strictObject({
      affirming: openers.describe('null: the affirmation, and common ones where that is the default.'),
      refusing: openers.describe('null: common ones where the affirmation is the default, else everything else.'),
    })
    .prefault({})
    .describe('How complying and refusing answers begin, for endpoints that weigh nothing but show the alternatives of a first token.'),
  ...tellingShape,
  samples: z.int().min(0).max(200).default(10).describe('Answers to each of the calls that are compared in the check. 0: no check.'),
  paraphrase: paraphrase.options
    .nullable()
    .default(null)
    .meta({
      description: 'Who says the highlighted units in other words, for answers to the call with those. null: nobody, and nothing is paraphrased.',
      examples: [{ endpoint: 'other', model: 'a-chat-model', proposals: 4 }],
    }),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .nullable()
    .default(null)
    .describe('At which the answers of the check are sampled. null: as the call says, and 1 where it says 0, since one answer again and again has no rate.'),
  confidence: z.number().min(0.5).lt(1).default(0.95).describe('Of the intervals of rates and of their differences.'),
};

const schema = z.strictObject(highlightShape);

export type HighlightSpec = z.output<typeof schema>;
