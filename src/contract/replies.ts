import { z } from 'zod';
import { editSchema } from './contrast.ts';
import { priceSchema } from './price.ts';
import { attributionSchema, explanationSchema, resultTargetSchema, statusSchema } from './resource.ts';

/*
 * What the API answers with beside the explanation itself, and the query that a list takes.
 */

const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Entries in a page.'),
  cursor: z.string().min(1).max(500).optional().describe('`next_cursor` of the page before.'),
};

export const pageQuerySchema = z.strictObject(page);

const time = (what: string) => z.iso.datetime({ offset: true }).optional().describe(what);

export const listQuerySchema = z.strictObject({
  ...page,
  status: statusSchema.optional().describe('Only explanations in this state.'),
  batch: z.string().min(1).max(100).optional().describe('Only explanations of this batch; the last one of its `requests` comes first.'),
  created_after: time('Only explanations created at this time or later (RFC 3339).'),
  created_before: time('Only explanations created before this time.'),
});

export const listSchema = z
  .strictObject({
    data: z.array(explanationSchema),
    next_cursor: z.string().nullable().describe('Where the next page starts; null on the last one.'),
  })
  .describe("The caller's explanations, newest first.");

export const attributionsReplySchema = z
  .strictObject({ targets: z.array(resultTargetSchema), attributions: z.array(attributionSchema) })
  .describe('Attributions of other targets, from the stored evaluations.');

export const evaluationsSchema = z
  .strictObject({
    units: z.array(z.int().min(0)).describe('For each entry of a mask, the index of its unit in `result.units`.'),
    columns: z
      .array(z.string())
      .describe('What the values are of: the tokens of the completion and then of the foil, or the targets where nothing was weighed.'),
    foils: z.array(z.int().min(0)).describe('The first column of each foil.'),
    rows: z.array(
      z.strictObject({
        mask: z.array(z.int().min(0).max(1)).describe('One entry per perturbable unit: 1 = present.'),
        holdout: z.boolean().describe('Kept out of the fit, to judge it by: held-out masks, those of the checks that `faithfulness` asked for, and samples of the unchanged call.'),
        sample: z.int().min(0).describe('Which of the answers under this mask it is, where several were sampled.'),
        values: z
          .array(z.number().nullable())
          .describe('The natural-log probability of each token, or the scorer\'s value of each target; null where there is none.'),
        divergence: z.int().min(0).nullable().describe('Where answers were followed (rung `aligned_top_logprobs`): the column in which the endpoint\'s own answer was another token; null where it was none.'),
        measured: z.int().min(0).nullable().describe('Columns, from the first on, that were measured; the next one holds a bound, the others a floor. null: all of them.'),
        completion: z.string().nullable().describe('The answer as it was generated anew; null where it was not.'),
        opening: z
          .array(z.strictObject({ token: z.string(), logprob: z.number() }))
          .nullable()
          .describe('What an answer may begin with, by natural-log probability, as the endpoint showed it; null where it was not asked.'),
        edits: z.array(editSchema).nullable().describe('What a search edited in the call, whose mask has 0 where a unit was edited; null where masks were asked.'),
      }),
    ),
  })
  .describe('Every mask that was asked and what came of it.');

const price = priceSchema.describe('US dollars per million tokens.');

const consulted = z.strictObject({ endpoint: z.string(), model: z.string() }).nullable();

export const endpointsSchema = z
  .strictObject({
    default: z.string().describe('The endpoint that is asked when a request names none.'),
    caller_endpoints: z.boolean().describe('Whether a request may bring an endpoint of its own.'),
    data: z.array(
      z.strictObject({
        name: z.string(),
        default: z.boolean(),
        dialect: z.string(),
        models: z.array(z.string()).describe('Empty: any model name is passed on.'),
        concurrency: z.int(),
        max_batch: z.int(),
        requests_per_minute: z.number().nullable(),
        tokens_per_minute: z.number().nullable(),
        timeout_seconds: z.number(),
        price: price.nullable(),
        embedding: consulted.describe('Embeds texts for the scorer `embedding`.'),
        nli: consulted.describe('Says what entails what for the scorer `nli`: a classifier, or the judge.'),
        judge: consulted.describe('Judges answers for the scorer `judge`.'),
      }),
    ),
  })
  .describe('Configured endpoints, without addresses and secrets.');

export const aliveSchema = z.strictObject({ status: z.literal('ok'), version: z.string() });

export const readySchema = z.strictObject({
  status: z.enum(['ready', 'not_ready']),
  redis: z.boolean().describe('Redis answers.'),
  workers: z.int().min(0).describe('Workers seen within the last 15 seconds.'),
  reasons: z.array(z.string()).describe('What is missing; empty when ready.'),
});

export type EndpointList = z.output<typeof endpointsSchema>;
export type Ready = z.output<typeof readySchema>;
