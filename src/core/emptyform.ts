import { z } from 'zod';

/** Option of every perturber. Endpoints that refuse empty content refuse blank content as well. */
export const emptyFormOption = z
  .string()
  .max(200)
  .regex(/\S/, 'must not be blank')
  .default('...')
  .describe('Stands in for a message that lost all its text, where an endpoint refuses empty content.');
