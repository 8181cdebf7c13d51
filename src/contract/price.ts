import { z } from 'zod';

const dollars = z.number().min(0);

/** What an endpoint takes, in US dollars per million tokens. */
export const priceSchema = z
  .strictObject({
    prompt_per_million: dollars,
    completion_per_million: dollars,
    cached_per_million: dollars.nullable().default(null).describe('Of prompt tokens that the server read from a cache, by what `usage` says of them; null: as other prompt tokens. At most that.'),
  })
  .refine(({ prompt_per_million: prompt, cached_per_million: cached }) => cached === null || cached <= prompt, {
    path: ['cached_per_million'],
    message: 'must not be above prompt_per_million: caps are held against that',
  });

type PublicPrice = z.output<typeof priceSchema>;

interface Price {
  promptPerMillion: number;
  completionPerMillion: number;
  cachedPerMillion?: number | null | undefined;
}

export function priceFrom({ prompt_per_million: prompt, completion_per_million: completion, cached_per_million: cached }: PublicPrice): Required<Price> {
  return { promptPerMillion: prompt, completionPerMillion: completion, cachedPerMillion: cached };
}

export function publicPrice({ promptPerMillion, completionPerMillion, cachedPerMillion = null }: Price): PublicPrice {
  return { prompt_per_million: promptPerMillion, completion_per_million: completionPerMillion, cached_per_million: cachedPerMillion };
}
