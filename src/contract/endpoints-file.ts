import { z } from 'zod';

const perMinute = z.int().min(1).nullable().default(null);

const price = z
  .strictObject({ prompt_per_million: z.number().min(0), completion_per_million: z.number().min(0) })
  .describe('US dollars per million tokens.');

/** A base URL may hold no credentials: it is shown by the API and is part of cache keys. */
const baseUrl = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  }, 'must be http or https without user, password, query or fragment: the key goes into the variable that api_key_env names');

const endpoint = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be letters, digits, dots, dashes and underscores'),
  base_url: baseUrl.describe('Where the routes begin, normally with /v1 at the end.'),
  dialect: z.string().min(1).default('auto'),
  api_key_env: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('The variable that holds the key; the key itself is never in the file.'),
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
  embedding_model: z.string().min(1).nullable().default(null),
  judge: z
    .strictObject({ endpoint: z.string().min(1), model: z.string().min(1) })
    .nullable()
    .default(null),
});

/** ENDPOINTS_FILE: the model servers that the operator opens to callers, by name. */
export const endpointsFileSchema = z
  .strictObject({
    default: z.string().min(1).optional().describe('Left out: the first one.'),
    endpoints: z.array(endpoint).min(1),
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
    file.endpoints.forEach(({ judge }, index) => {
      if (judge && !names.includes(judge.endpoint)) {
        context.addIssue({
          code: 'custom',
          path: ['endpoints', index, 'judge', 'endpoint'],
          message: 'names no endpoint of the file',
        });
      }
    });
  });
