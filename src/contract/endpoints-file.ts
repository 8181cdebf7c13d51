import { z } from 'zod';
import { baseUrlSchema } from './base-url.ts';
import { priceSchema } from './price.ts';

const perMinute = z.int().min(1).nullable().default(null);

const price = priceSchema.describe('US dollars per million tokens.');

const consulted = z.strictObject({
  endpoint: z.string().min(1).describe('The name of an endpoint of this file.'),
  model: z.string().min(1),
});

/** What the words of text pairs mean differs from server to server and from model to model, so it is said here. */
const nli = z
  .discriminatedUnion('route', [
    consulted.extend({
      route: z.literal('predict').describe('POST /predict with lists of pairs: text-embeddings-inference.'),
      label: z.string().min(1).max(100).default('entailment').describe('The name of the class that means entailment, in any case.'),
      contradiction_label: z.string().min(1).max(100).nullable().default('contradiction').describe('The name of the class that means contradiction; null: the judge is asked instead.'),
    }),
    consulted.extend({
      route: z.literal('classify').describe('POST /classify with one text for a pair: vLLM, SGLang.'),
      label: z.int().min(0).describe('The number of the class that means entailment.'),
      contradiction_label: z.int().min(0).nullable().default(null).describe('The number of the class that means contradiction; null: the judge is asked instead.'),
      separator: z.string().min(1).max(100).default('</s></s>').describe("What stands between premise and hypothesis, as the model's tokenizer has it."),
    }),
  ])
  .describe('Who classifies entailment and contradiction for jobs of this endpoint.');

const endpoint = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be letters, digits, dots, dashes and underscores'),
  base_url: baseUrlSchema.describe('Where the routes begin, normally with /v1 at the end.'),
  dialect: z.string().min(1).default('auto'),
  api_key_env: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('The variable that holds the key; the key itself is never in the file.'),
  key_header: z.enum(['authorization', 'api-key']).default('authorization').describe('Where the key travels: as a bearer token, or alone in the header that Azure has for it.'),
  api_version: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/, 'must be letters, digits, dots, dashes and underscores')
    .nullable()
    .default(null)
    .describe("Sent as the query's api-version, which Azure's dated routes want."),
  models: z.array(z.string().min(1).max(256)).default([]).describe('Empty: any model name is passed on.'),
  concurrency: z.int().min(1).max(10_000).default(32),
  max_batch: z.int().min(1).max(10_000).default(64).describe('Prompts in one request, where the server takes lists.'),
  requests_per_minute: perMinute,
  tokens_per_minute: perMinute,
  timeout_seconds: z.number().positive().max(86_400).default(120).describe('For one attempt.'),
  max_wait_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(120)
    .describe('What one item may wait between its attempts, all in all.'),
  price: price.nullable().default(null),
  allow_private_network: z
    .boolean()
    .default(true)
    .describe('False: names and addresses of private networks are not connected to.'),
  embedding_model: z.string().min(1).nullable().default(null).describe('A model of this endpoint that embeds texts, at /embeddings.'),
  nli: nli.nullable().default(null),
  judge: consulted.nullable().default(null).describe('Who judges answers to this endpoint; also of entailment and contradiction, where `nli` does not.'),
});

/** A host as it stands in URLs, or `*.` and what its names end in. */
const host = z
  .string()
  .max(253)
  .regex(/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$|^\[[0-9a-f:.]+\]$/, 'must be a host in lower case, or *. and what its names end in');

const callerEndpoints = z
  .strictObject({
    hosts: z.array(host).min(1).nullable().default(null).describe('Which hosts may be named; null: any.'),
    allow_http: z.boolean().default(false).describe('False: https only, since keys and prompts would travel in the clear.'),
    allow_private_network: z.boolean().default(false).describe('False: the public internet only.'),
    concurrency: z.int().min(1).max(10_000).default(8).describe('Of each endpoint.'),
    max_batch: z.int().min(1).max(10_000).default(64),
    requests_per_minute: perMinute,
    tokens_per_minute: perMinute,
    timeout_seconds: z.number().positive().max(86_400).default(120),
    max_wait_seconds: z.number().min(0).max(86_400).default(120),
  })
  .describe('Lets callers bring endpoints of their own.');

/** ENDPOINTS_FILE: the model servers that the operator opens to callers, by name. */
export const endpointsFileSchema = z
  .strictObject({
    default: z.string().min(1).optional().describe('Left out: the first one.'),
    endpoints: z.array(endpoint).min(1),
    caller_endpoints: callerEndpoints.nullable().default(null).describe('Left out: callers name endpoints of this file and nothing else. Needs ENCRYPTION_KEYS.'),
  })
  .superRefine((file, context) => {
    const names = file.endpoints.map((entry) => entry.name);
    names.forEach((name, index) => {
      if (names.indexOf(name) !== index) {
        context.addIssue({ code: 'custom', path: ['endpoints', index, 'name'], message: `${name} is there already` });
      }
    });
    if (file.default !== undefined && !names.includes(file.default)) {
      context.addIssue({ code: 'custom', path: ['default'], message: 'names no endpoint of the file' });
    }
    file.endpoints.forEach((entry, index) => {
      for (const field of ['judge', 'nli'] as const) {
        const chosen = entry[field];
        if (!chosen || names.includes(chosen.endpoint)) continue;
        context.addIssue({ code: 'custom', path: ['endpoints', index, field, 'endpoint'], message: 'names no endpoint of the file' });
      }
    });
  });
