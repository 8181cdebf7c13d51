import { z } from 'zod';
import { RUNGS } from '../core/rungs.ts';
import { checkFields } from './checks.ts';
import { contrastSchema } from './contrast.ts';
import { highlightSchema } from './highlight.ts';
import { problemSchema } from './problem.ts';
import { deliverySchema } from './webhooks.ts';

/*
 * What goes out. Offsets count Unicode code points; a number that could not be computed is null.
 */

const count = z.int().min(0);

export const idSchema = z
  .string()
  .max(100)
  .describe('An explanation id, or `latest` for the caller\'s newest.');

export const statusSchema = z.enum(['queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled']);

export const progressSchema = z.strictObject({ phase: z.enum(['reference', 'evaluating', 'fitting', 'verifying']), done: count, planned: count });

export const estimateSchema = z.strictObject({
  calls: count.describe('Evaluations at most, consultations about their answers included.'),
  prompt_tokens: count.describe('About; see `basis`.'),
  completion_tokens: count,
  cost_usd: z.number().nullable().describe('null where nobody who is asked has a price.'),
  seconds: z.number().nullable().describe('A guess from earlier jobs on the endpoint; null when there were none.'),
  units: count.describe('Perturbable units; with `levels`, at most.'),
  basis: z
    .enum(['tokenizer', 'characters'])
    .describe('How tokens were counted. `tokenizer`: by what the server\'s own tokenizer was seen to make of a character; `characters`: four characters of ASCII, or one of another script, taken for a token.'),
});

export const unitSchema = z.strictObject({
  index: count,
  at: z.string().describe('The text the unit lies in, e.g. `messages[1].content[0]`.'),
  role: z.string().nullable(),
  start: count,
  end: count,
  text: z.string(),
  level: z.string(),
  parent: count.nullable().describe('With `levels`: index of the unit that it was cut from, which stands before it.'),
  label: z.string().nullable(),
  fixed: z.boolean(),
});

export const resultTargetSchema = z.strictObject({ index: count, kind: z.string(), start: count, end: count, text: z.string() });

export const attributionSchema = z.strictObject({
  target: count,
  scores: z.array(z.number().nullable()).describe('One per unit; positive where taking the unit away lowers the value; null where fixed or not evaluated. A unit that others were cut from has the sum of theirs.'),
  intervals: z.array(z.tuple([z.number(), z.number()]).nullable()).nullable().describe('95 % intervals, one per unit; null where the method has none.'),
  intercept: z.number().nullable().describe('The predicted value when nothing is taken away.'),
  interactions: z.array(z.strictObject({ units: z.array(count), score: z.number(), reading: z.enum(['either suffices', 'both needed', 'independent']) })),
  reasons: z.array(z.string()).describe('Why a score is null that is not fixed, and what was left coarser than asked.'),
  indistinguishable: z
    .array(count)
    .describe('Indices of the units whose score cannot be told from zero: their interval holds 0, or it is no larger than `scorer.noise_floor`.'),
});

const known = z.number().nullable();

const noiseSchema = z.strictObject({
  repeats: count.describe('Answers sampled per mask.'),
  reference: z
    .array(
      z.strictObject({
        samples: count,
        mean: known,
        sd: known.describe('Standard deviation of a single answer’s value.'),
        interval: z.tuple([z.number(), z.number()]).nullable().describe('95 % interval (Wilson) of the mean where values are 0 or 1, otherwise null.'),
      }),
    )
    .describe('The value of the unchanged call when it is asked again and again, one per target.'),
  floor: z
    .array(known)
    .describe('How large the score of a typical unit can be by sampling noise alone, at the confidence of the intervals; one per target.'),
});

export const provisionalSchema = z.union([z.strictObject({ attributions: z.array(attributionSchema) }), z.strictObject({ contrast: contrastSchema })]);

export const usageSchema = z.strictObject({
  calls: count.describe('Evaluations the endpoint was asked, the reference completion and consultations included.'),
  http_requests: count,
  prompt_tokens: count,
  cached_tokens: count,
  completion_tokens: count,
  cost_usd: z.number().nullable(),
});

export const faithfulnessSchema = z.strictObject({
  holdout_r2: z.number().nullable(),
  lds: z.number().nullable().describe('Rank correlation of predicted and seen values on masks that were not fitted.'),
  verdict: z.enum(['good', 'weak', 'unusable']),
  reasons: z.array(z.string()).describe('The verdict, and what the checks showed, in plain words.'),
  ...checkFields,
});

export const resultSchema = z.strictObject({
  completion: z.string(),
  units: z.array(unitSchema),
  targets: z.array(resultTargetSchema),
  attributions: z.array(attributionSchema).describe('One per target; none where the method searches edits.'),
  scorer: z.strictObject({
    id: z.string(),
    rung: z.enum(RUNGS),
    unit: z.string(),
    tokens_scored: count.nullable().describe('Tokens whose log-probability was read of every evaluation, those of a foil too; null where answers were compared.'),
    censored_tokens: count.nullable().describe('How many of the log-probabilities behind the values are only a bound, over all evaluations; null as above.'),
    noise_floor: z
      .array(z.number())
      .nullable()
      .describe('How far two values of one and the same call can be apart by the arithmetic of the server alone, in `unit` at 95 % confidence, one per target: a score no larger is `indistinguishable`. 0: a second reading was the same to the last bit. Null where answers are compared, or where the budget had no room to find out.'),
    comparison_key: z
      .string()
      .nullable()
      .describe('Two results with the same key can be compared number by number: they measured the same quantity in the same way. Null compares with nothing: some values are only bounds.'),
    notes: z.array(z.string()),
  }),
  noise: noiseSchema.nullable().describe('What sampling alone does to values and scores; null where no answers were sampled.'),
  faithfulness: faithfulnessSchema,
  contrast: contrastSchema.nullable().describe('What a search came to; null for methods that make attributions.'),
  highlight: highlightSchema.nullable().describe('Of the method `highlight`; null with every other.'),
  evaluations: z.strictObject({ planned: count, distinct: count, asked: count, cached: count, failed: count }),
  usage: usageSchema,
  stopped_by: z.enum(['done', 'settled', 'budget', 'cancelled']),
  seed: count,
  versions: z.strictObject({ service: z.string(), method: z.string() }),
});

export const explanationSchema = z
  .strictObject({
    id: z.string(),
    object: z.literal('explanation'),
    status: statusSchema,
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    progress: progressSchema.nullable(),
    estimate: estimateSchema.nullable(),
    metadata: z.record(z.string(), z.string()),
    batch: z
      .strictObject({ id: z.string(), index: count.describe('Its place in `requests`.') })
      .nullable()
      .describe('The batch that it belongs to.'),
    webhook: deliverySchema.nullable(),
    request: z.looseObject({}).describe('The request as validated, defaults filled in, without secrets.'),
    result: resultSchema.nullable(),
    error: problemSchema.nullable(),
  })
  .describe('An explanation job and, when it has ended, its result.');

export type Estimate = z.output<typeof estimateSchema>;
export type Progress = z.output<typeof progressSchema>;
export type Provisional = z.output<typeof provisionalSchema>;
export type Faithfulness = z.output<typeof faithfulnessSchema>;
export type Result = z.output<typeof resultSchema>;
export type ResultTarget = z.output<typeof resultTargetSchema>;
export type ResultAttribution = z.output<typeof attributionSchema>;
