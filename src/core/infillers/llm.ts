import { z } from 'zod';
import type { Infiller } from '../types.ts';

const options = z.strictObject({
  endpoint: z.string().min(1).max(100).nullable().default(null).describe('A configured endpoint, which must serve chat completions. null: that of the job.'),
  model: z.string().min(1).max(256).nullable().default(null).describe('null: the first of the endpoint, or the one of the call.'),
  proposals: z.int().min(1).max(20).default(4).describe('Asked for each group of words.'),
  together: z.int().min(1).max(50).default(8).describe('Groups that one request asks about at most.'),
  temperature: z.number().min(0).max(2).default(0),
  instructions: z.string().max(2_000).default('').describe('What the words shall be like, said to the model.'),
});

/** A chat model sees the text with the words blanked out and answers with a JSON list of proposals. */
export const llm: Infiller<z.output<typeof options>> = {
  id: 'llm',
  title: 'Words that a chat model proposes',
  options,
  asks: (given) => ({ kind: 'chat', ...given }),
};
