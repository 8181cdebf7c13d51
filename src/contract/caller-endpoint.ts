import { z } from 'zod';
import { baseUrlSchema } from './base-url.ts';
import { priceSchema } from './price.ts';

const model = z.string().min(1).max(256).nullable().default(null);

/** An endpoint that a caller brings along instead of naming one. */
export const callerEndpointSchema = z
  .strictObject({
    base_url: baseUrlSchema.describe('Where the routes begin, normally with /v1 at the end. The public internet only, unless the operator opened more.'),
    api_key: z
      .string()
      .min(1)
      .max(4_000)
      .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without spaces, as headers take it')
      .optional()
      .describe('Sent as `Authorization: Bearer`. Encrypted until the job has ended, then erased; never shown again. Left out: the server takes requests without one.'),
    dialect: z.string().min(1).max(50).default('auto').describe('How the server is asked; `auto` finds out.'),
    embedding_model: model.describe('A model of this endpoint that embeds texts, for the scorer `embedding`.'),
    judge_model: model.describe('A model of this endpoint that judges answers, for the scorers `judge` and `nli`.'),
    price: priceSchema
      .nullable()
      .default(null)
      .describe('US dollars per million tokens: what `budget.cost_usd` is held against.'),
  })
  .meta({
    description: "The caller's own endpoint, where the operator allows it (`caller_endpoints` of `GET /v1/endpoints`). `call.model` must be named.",
    examples: [{ base_url: 'https://models.example.com/v1', api_key: 'sk-...', dialect: 'auto' }],
  });

/** As it is stored and shown: without its key. */
export type CallerEndpoint = Omit<z.output<typeof callerEndpointSchema>, 'api_key'>;

/** What is kept encrypted beside a job until it ends. */
export const credentialsSchema = z.object({
  api_key: z.string().nullable(),
  /** A keyed hash of owner, address and key: what processes share of this endpoint is kept under it. */
  scope: z.string(),
});
export type Credentials = z.output<typeof credentialsSchema>;
