import { z } from 'zod';
import { reader } from '../../http/read.ts';

/* The native routes of text-generation-inference, as far as weighing reads them. */

export const ROUTE = '/generate';

const piece = z.looseObject({ id: z.int().nonnegative(), text: z.string(), start: z.int().nonnegative(), stop: z.int().nonnegative() });

/** A token of a text, and where it lies there. */
export type Piece = z.output<typeof piece>;

/** POST /tokenize: with the tokens that the server puts around every text, which take up no room in it. */
export const readPieces = reader(z.array(piece));

/** POST /chat_tokenize. */
export const readChat = reader(z.looseObject({ templated_text: z.string() }));

const told = z.looseObject({ id: z.int().nonnegative(), text: z.string(), logprob: z.number().nullish() });
const details = z.looseObject({ prefill: z.array(told), tokens: z.array(told) });

/** POST /generate with details. `prefill` is empty on a server that was not started for it. */
export const readGenerated = reader(z.looseObject({ generated_text: z.string(), details }));

/** Greedy needs saying: this server samples where no temperature is given. */
export function generating(inputs: string, most: number, about: unknown) {
  const parameters = { details: true, decoder_input_details: true, max_new_tokens: most, do_sample: false, return_full_text: false };
  return { path: ROUTE, root: true, body: { inputs, parameters }, about };
}
