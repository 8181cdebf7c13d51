import { z } from 'zod';
import { faultAt } from '../errors.ts';
import { problemSchema } from './problem.ts';

/*
 * What a probe of an endpoint found. What an endpoint supports grows with the service, so it is open to new fields.
 */

const endpointName = z.string().min(1).max(100);
const model = z.string().min(1).max(256);

export const probePathSchema = z.strictObject({ name: endpointName.describe('Of a configured endpoint.') });

export const probeRequestSchema = z
  .strictObject({ model: model.optional().describe("Left out: the endpoint's first model.") })
  .describe('Which model to probe.');

export const probeQuerySchema = z.strictObject({ model: model.optional().describe("Left out: the endpoint's first model.") });

const supportsSchema = z
  .looseObject({
    chat: z.string().nullable().describe('The rung for chats: how exactly a given answer can be weighed; `text` = not at all; null = the server has no route for them, and such calls are refused (`unsupported_call`).'),
    completion: z.string().nullable().describe('The rung for completions.'),
    responses: z.string().nullable().default('text').describe('The rung for calls of the Responses API.'),
    weighing: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe('Per shape of call, every rung on which a given answer was seen to be weighed truly; a job takes the one that costs least for it.'),
    noise: z
      .record(z.string(), z.record(z.string(), z.object({ sd: z.number(), seen: z.int() })))
      .default({})
      .describe('Per shape of call and rung, by how much what the server says of a token when it generates differs from what it says when it weighs: the standard deviation in nats, and of how many differences.'),
    tokens: z
      .object({ ascii: z.number().positive(), other: z.number().positive() })
      .nullable()
      .default(null)
      .describe('Tokens for a character of ASCII and of anything else, by the tokenizer of the server; null where it shows none. Estimates go by it.'),
    lists: z.boolean().describe('A list of prompts in one request gets one answer each.'),
    notes: z.array(z.string()).describe('What was tried and seen, in words.'),
    about: z.record(z.string(), z.array(z.string())).default({}).describe('Those of the notes that concern one shape of call; results of such calls show them.'),
  })
  .describe('What the server was seen to do. Further fields may come.');

export const probeReplySchema = z
  .strictObject({
    endpoint: z.string(),
    model: z.string(),
    status: z.enum(['done', 'pending']).describe('`pending`: a worker is at it; GET the same path later.'),
    supports: supportsSchema.nullable().describe('null while it is pending and nothing was found before.'),
    embeddings: z.boolean().nullable().describe('The model answers /embeddings; null where that was not seen, or only a job has asked.'),
    prefix_cache: z.boolean().nullable().describe('A prompt sent twice was read from a cache, as `usage` says; null as above.'),
    probed_at: z.string().nullable().describe('RFC 3339.'),
    http_requests: z.int().nullable().describe('What it took to find out, retries included.'),
    certain: z.boolean().nullable().describe('false: the server was in trouble, so it is asked again after a minute.'),
  })
  .describe('What a probe found for one endpoint and model. While it is pending, what was found before.');

export type ProbeReply = z.output<typeof probeReplySchema>;

const reportSchema = z.looseObject({
  supports: supportsSchema,
  probedAt: z.string(),
  httpRequests: z.int(),
  certain: z.boolean(),
  more: z.object({ embeddings: z.boolean().nullable(), prefixCache: z.boolean().nullable() }).nullable(),
});

/** The reply to `report`, the JSON text of a ProbeReport; null: there is none. */
export function probeReply(endpoint: string, named: string, status: ProbeReply['status'], report: string | null): ProbeReply {
  const { data } = reportSchema.safeParse(report === null ? null : JSON.parse(report));
  return {
    endpoint,
    model: named,
    status,
    supports: data?.supports ?? null,
    embeddings: data?.more?.embeddings ?? null,
    prefix_cache: data?.more?.prefixCache ?? null,
    probed_at: data?.probedAt ?? null,
    http_requests: data?.httpRequests ?? null,
    certain: data?.certain ?? null,
  };
}

/** The JSON text of the report inside a stored finding; null where there is none. */
export function reportOf(finding: string | null): string | null {
  if (finding === null) return null;
  const { data } = z.looseObject({ report: reportSchema }).safeParse(JSON.parse(finding));
  return data ? JSON.stringify(data.report) : null;
}

/** What a report says of the tokenizer, for estimates; null where it says nothing. */
export function tokenRatesOf(report: string | null): { ascii: number; other: number } | null {
  if (report === null) return null;
  return reportSchema.safeParse(JSON.parse(report)).data?.supports.tokens ?? null;
}

/** How a worker answers: one of the two. */
export const probeAnswerSchema = z.union([
  z.object({ report: z.string() }),
  z.object({ problem: problemSchema, retry_after: z.number().nullable().default(null) }),
]);
export type ProbeAnswer = z.input<typeof probeAnswerSchema>;

/** What a model is called where the request leaves it out. @throws ProblemError unknown_model */
export function modelOf(named: string | undefined, { name, models }: { name: string; models: readonly string[] }): string {
  const chosen = named ?? models[0];
  if (chosen === undefined) throw faultAt('unknown_model', '/model', `the endpoint ${name} has no default model, so one must be named`);
  if (models.length === 0 || models.includes(chosen)) return chosen;
  throw faultAt('unknown_model', '/model', `the endpoint ${name} offers ${models.join(', ')}`);
}
