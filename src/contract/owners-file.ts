import { z } from 'zod';
import { apiKeysSchema } from './api-keys.ts';

const limit = (what: string) => z.int().min(1).nullable().optional().describe(`${what}; null: no limit of their own; left out: what holds for all owners.`);

/** OWNERS_FILE: on what terms owners use the service. Owners without an entry use it on the terms of all. */
export const ownersFileSchema = z
  .array(
    z.strictObject({
      owner: apiKeysSchema.element.shape.owner,
      endpoints: z.array(z.string()).nullable().default(null).describe('Endpoints that may be named; null: all, and endpoints of their own where those are open.'),
      max_open: limit('Explanations under way at once'),
      max_units: limit('Units of one call'),
      max_body_bytes: limit('Bytes of a body'),
      max_batch_bytes: limit("Bytes of a batch's body"),
      requests_per_minute: limit('Requests'),
      explanations_per_minute: limit('Explanations submitted, each one of a batch'),
    }),
  )
  .refine((entries) => new Set(entries.map(({ owner }) => owner)).size === entries.length, { error: 'an owner has two entries' });

export type OwnersFile = z.output<typeof ownersFileSchema>;
