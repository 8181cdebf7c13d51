import { z } from 'zod';
import { perturbers } from '../core/perturbers/index.ts';
import { segmenterById, segmenters } from '../core/segmenters/index.ts';
import { askedOf, methodChoices } from './asked.ts';
import { callSchema } from './call.ts';
import { callerEndpointSchema } from './caller-endpoint.ts';
import { checksSchema } from './checks.ts';
import { attributionMethods, scorerChoices } from './part-options.ts';
import { type Choice, partChoice } from './parts.ts';
import { targetSchema } from './targets.ts';
import { webhookSchema } from './webhooks.ts';

const cap = (what: string) => z.number().positive().nullable().default(null).describe(what);

export const budgetSchema = z
  .strictObject({
    calls: z.int().min(1).max(1_000_000).nullable().default(null).describe('Evaluations asked of the endpoint, and consultations about their answers. Left open: 200, or what the method needs where that is more.'),
    prompt_tokens: z.int().min(1).nullable().default(null).describe('Prompt tokens over the whole job.'),
    cost_usd: cap('US dollars, by the prices of the endpoint.'),
    seconds: cap('Wall-clock seconds from the start of the job. What is under way then is not waited for.'),
  })
  .describe('Caps that hold: nothing is sent that would pass one. What was evaluated by then is still fitted.');

/** Fields of a request; a batch has the same ones as defaults. */
export const requestFields = {
  endpoint: z
    .union([z.string().min(1).max(100), callerEndpointSchema])
    .optional()
    .describe("The name of a configured endpoint, or an endpoint of the caller's own. Left out: the default one."),
  call: callSchema,
  completion: z
    .union([z.string(), z.looseObject({})])
    .nullable()
    .optional()
    .describe('What the model answered: a string, or the whole response object. Left out: the service asks once.'),
  segmenter: partChoice(segmenters).optional().describe('How `split` text becomes units. Left out: `sentence`; with the method `highlight` `phrase`.'),
  perturber: partChoice(perturbers, 'drop').describe('What stands where a unit is absent.'),
  scorer: partChoice(scorerChoices, 'auto').describe('How a changed answer becomes a number. `auto`: the best that the endpoint can feed.'),
  method: partChoice(methodChoices, 'auto').describe('How values become an attribution, and what is done with it (`highlight`), or how edits are searched that change the answer (`mcell`, `cell`) or keep it (`reduce`).'),
  targets: z.array(targetSchema).min(1).max(64).default([{ kind: 'completion' }]).describe('The parts of the completion to explain.'),
  budget: budgetSchema.prefault({}),
  faithfulness: checksSchema.nullable().default(null).describe('Left out or null: the held-out check alone, which every job has.'),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('All randomness comes from it.'),
  webhook: webhookSchema.nullable().optional().describe('Told when the explanation has ended.'),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((metadata) => Object.keys(metadata).length <= 50, { error: 'at most 50 entries' })
    .default({})
    .describe('Yours; given back as it came.'),
};

/** Body of POST /v1/explanations and POST /v1/estimates. */
export const requestSchema = z.strictObject(requestFields);

/** A request with its defaults filled in, but for what depends on its method. */
export type ExplanationRequest = z.output<typeof requestSchema>;

/** A request with all defaults filled in. */
export type FilledRequest = ExplanationRequest & { segmenter: Choice };

/** Fills in what depends on the method. */
export function filledRequest(request: ExplanationRequest): FilledRequest {
  const id = askedOf(request.method).segmenter;
  return { ...request, segmenter: request.segmenter ?? { id, options: segmenterById(id).options.parse({}) as Choice['options'] } };
}

/** Body of POST /v1/explanations/{id}/attributions. */
export const attributionsSchema = z.strictObject({
  targets: z.array(targetSchema).min(1).max(64).describe('Other targets of the same completion.'),
  method: partChoice(attributionMethods).optional().describe('Left out: the method of the job.'),
});
