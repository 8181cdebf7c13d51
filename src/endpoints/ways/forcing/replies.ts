import { z } from 'zod';
import { malformed, reader } from '../../http/read.ts';

/* The replies of llama.cpp's native routes, as far as forcing reads them. */

const ids = z.array(z.int().nonnegative());

/** POST /tokenize with pieces: a piece that is a part of a character comes as its bytes. */
export const readPieces = reader(
  z.looseObject({ tokens: z.array(z.looseObject({ id: z.int().nonnegative(), piece: z.union([z.string(), z.array(z.int())]) })) }),
);

/** POST /tokenize without. */
export const readIds = reader(z.looseObject({ tokens: ids }));

/** POST /apply-template. */
export const readRendered = reader(z.looseObject({ prompt: z.string() }));

/** GET /props. */
export const readProps = reader(z.looseObject({ total_slots: z.int().positive() }));

const item = z.looseObject({
  index: z.int().nonnegative().nullish(),
  tokens: ids.nullish(),
  id_slot: z.int().nullish(),
  'timings/cache_n': z.number().nullish(),
  completion_probabilities: z
    .array(z.looseObject({ id: z.int(), logprob: z.number(), top_logprobs: z.array(z.unknown()) }))
    .nullish(),
});

/** One prompt's part of a reply of POST /completion. */
export type Item = z.output<typeof item>;

const readReply = reader(z.union([z.array(item), item]));

/** Items in the order of the prompts. @throws Fault malformed when there is not one for each */
export function itemsOf(reply: object, prompts: number): Item[] {
  const read = readReply(reply);
  const items = Array.isArray(read) ? read : [read];
  if (items.length !== prompts) throw malformed(`the reply has ${items.length} items for ${prompts} prompts`);
  return items
    .map((each, place) => ({ place: each.index ?? place, each }))
    .sort((a, b) => a.place - b.place)
    .map(({ each }) => each);
}
