import { z } from 'zod';
import { requestFields, requestSchema } from './request.ts';
import { estimateSchema } from './resource.ts';
import { deliverySchema, webhookSchema } from './webhooks.ts';

/*
 * Many explanations in one request. `defaults` stand for what an entry of `requests` leaves out; they are laid under
 * each entry before it is checked, so that every entry is a request of its own from there on.
 */

export const MAX_BATCH = 1_000;

const count = z.int().min(0);

export const batchIdSchema = z.string().max(100).describe('A batch id.');

/** Fields of the request that a default can be given for. */
const defaultsSchema = z
  .strictObject({
    ...requestFields,
    call: z.looseObject({}).describe('Fields of `call`, such as `model`.'),
  })
  .partial()
  .describe('Stand in each request where it leaves them out; in `call` and `metadata`, field by field.');

/** Body of POST /v1/batches, after `laidUnder`. */
export const batchRequestSchema = z
  .strictObject({
    requests: z.array(requestSchema).min(1).max(MAX_BATCH).describe('The explanations, each as in `POST /v1/explanations`.'),
    defaults: defaultsSchema.optional(),
    webhook: webhookSchema.nullable().optional().describe('Told when the last explanation of the batch has ended.'),
    metadata: requestFields.metadata,
  })
  .describe('Explanations that are accepted together or not at all.');

export type BatchRequest = z.output<typeof batchRequestSchema>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One entry over the defaults: fields of its own win; of `call` and `metadata`, each field by itself. */
function over(entry: Record<string, unknown>, defaults: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...defaults, ...entry };
  for (const field of ['call', 'metadata']) {
    const [below, above] = [defaults[field], entry[field]];
    if (isObject(below) && isObject(above)) merged[field] = { ...below, ...above };
  }
  return merged;
}

/** The body as sent with its defaults laid under every request. What is not of the right kind stays, for the schema to refuse. */
export function laidUnder(body: unknown): unknown {
  if (!isObject(body) || !isObject(body['defaults']) || !Array.isArray(body['requests'])) return body;
  const { defaults, requests } = body;
  return { ...body, requests: requests.map((entry: unknown) => (isObject(entry) ? over(entry, defaults) : entry)) };
}

export const batchStatusSchema = z.enum(['queued', 'in_progress', 'cancelling', 'completed', 'cancelled']);

const countsSchema = z
  .strictObject({ total: count, queued: count, in_progress: count, cancelling: count, completed: count, failed: count, cancelled: count })
  .describe('Explanations of the batch by their status; those that were erased are not counted.');

export const batchSchema = z
  .strictObject({
    id: z.string(),
    object: z.literal('batch'),
    status: batchStatusSchema.describe('`completed`: all have ended, those that failed too; `cancelled`: all have ended, and it was cancelled before that.'),
    created_at: z.string(),
    finished_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    counts: countsSchema,
    estimate: estimateSchema.nullable().describe('Of all explanations together.'),
    metadata: z.record(z.string(), z.string()),
    webhook: deliverySchema.nullable(),
  })
  .describe('A batch of explanations. `GET /v1/explanations?batch=…` lists them.');

export const batchListSchema = z
  .strictObject({
    data: z.array(batchSchema),
    next_cursor: z.string().nullable().describe('Where the next page starts; null on the last one.'),
  })
  .describe("The caller's batches, newest first.");

export type BatchStatus = z.output<typeof batchStatusSchema>;
export type BatchCounts = z.output<typeof countsSchema>;
