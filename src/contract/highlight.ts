import { z } from 'zod';
import { highlightShape } from '../core/highlight/spec.ts';
import { attributionChoice } from './part-options.ts';
import type { Part } from './parts.ts';

/*
 * `highlight`: which parts of a call drive compliance. It rests on any attribution method; what it adds is asked by its
 * options and answered in `result.highlight`.
 */

const options = z.strictObject({ attribution: attributionChoice.describe('The method that the scores come from, with its options.'), ...highlightShape });

export const highlightPart: Part = {
  id: 'highlight',
  title: 'Highlight: the parts that drive compliance, checked by taking them away',
  options,
};

/** The method's options as given, apart: the attribution that it rests on, and its own. */
export function unwrapHighlight(given: Record<string, unknown>) {
  const { attribution, ...highlight } = options.parse(given);
  return { attribution, highlight };
}

const count = z.int().min(0);
const interval = z.tuple([z.number(), z.number()]);

const rateSchema = z.strictObject({
  count,
  rate: z.number().nullable().describe('null where there is no answer.'),
  interval: interval.describe("Wilson's score interval."),
});

export const armSchema = z
  .strictObject({
    samples: count.describe('Answers that could be told.'),
    missing: count.describe('Answers that are not there: they failed, were not asked, or nobody said what they are.'),
    refusal: rateSchema,
    attack_success: rateSchema.describe('Answers that comply: they match `compliance`, or without it are no refusal.'),
    answers: z
      .array(z.strictObject({ text: z.string(), count, refused: z.boolean(), complied: z.boolean() }))
      .describe('The ten commonest answers.'),
  })
  .describe('Answers to one of the calls that are compared, and how often they refuse and comply.');

const change = z.strictObject({ difference: z.number().nullable(), interval: interval.describe("Newcombe's hybrid score interval.") });
export const changeSchema = z.strictObject({ refusal: change, attack_success: change }).describe('How the rates of two calls differ.');

export const highlightSchema = z
  .strictObject({
    attribution: z.string().describe('Id of the method that the scores come from.'),
    affirmation: z.string().nullable().describe('The text whose mean log-probability was attributed; null where another value was (`result.scorer`).'),
    alpha: z.number(),
    units: z
      .array(
        z.strictObject({
          unit: count,
          score: z.number(),
          interval: interval.nullable(),
          paraphrases: z.array(z.string()).describe('What stood in its place in the check, in turn, without the whitespace around it; [] where nobody paraphrased it.'),
        }),
      )
      .describe('The highlighted units by their index in `result.units`, the highest score first.'),
    flagged: z
      .array(count)
      .describe('Those that the check bears out: without them the call is complied with less often than as it stands, and than without as many random ones. All of `units`, or none.'),
    reasons: z.array(z.string()).describe('What the check came to, in plain words.'),
    told_by: z.enum(['patterns', 'judge']),
    temperature: z.number().nullable().describe('At which the answers were sampled; null: as the server has it.'),
    confidence: z.number(),
    unchanged: armSchema.nullable().describe('The call as it stands; null where no check was asked for.'),
    without: armSchema.nullable().describe('Without the highlighted units; null where there are none.'),
    random: armSchema.nullable().describe('Without as many random ones, drawn anew for every answer; null where there are no others.'),
    paraphrased: armSchema.nullable().describe('With the highlighted units paraphrased; null where there are none, or nobody was asked to (`paraphrase`).'),
    differences: z
      .strictObject({
        without: changeSchema.nullable().describe('Rates of the call as it stands less those without the highlighted units.'),
        random: changeSchema.nullable().describe('The same for random units.'),
        paraphrased: changeSchema.nullable().describe('The same for paraphrased units.'),
        beyond_random: changeSchema.nullable().describe('Rates without random units less those without the highlighted ones.'),
      })
      .describe('Differences of rates; null where either side is.'),
    calls: count.describe('How many of `usage.calls` the check took: what was known already took none.'),
  })
  .describe('Which units drive compliance, and how often the call is refused and complied with when they are away.');

export type Highlight = z.output<typeof highlightSchema>;
