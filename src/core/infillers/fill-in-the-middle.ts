import { z } from 'zod';
import type { Infiller } from '../types.ts';

const options = z.strictObject({
  endpoint: z.string().min(1).max(100).nullable().default(null).describe('A configured endpoint. null: that of the job.'),
  model: z.string().min(1).max(256).nullable().default(null).describe('null: the first of the endpoint, or the one of the call.'),
  proposals: z.int().min(1).max(20).default(1).describe('Different fillings of each group of words, a request each.'),
  temperature: z.number().min(0).max(2).default(0.8),
});

/**
 * A model fills the gap between what stands before and behind the words: `POST /infill` where the server has it
 * (llama.cpp), else `POST /completions` with `suffix`.
 */
export const middle: Infiller<z.output<typeof options>> = {
  id: 'fill-in-the-middle',
  title: 'Words that a model fills in between',
  options,
  asks: (given) => ({ kind: 'middle', ...given, together: 1, instructions: '' }),
};
