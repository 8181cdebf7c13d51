import { z } from 'zod';
import { Fault } from '../http/fault.ts';
import { reader } from '../http/read.ts';
import { problemOf } from '../problems.ts';
import type { Errand } from '../traffic/channel.ts';
import { usageOf } from '../traffic/usage.ts';
import type { Desk } from '../ways/way.ts';

/** What no job needs to know and people ask about; null where the server did not let it be seen. */
export interface Survey {
  /** The model answers /embeddings. */
  embeddings: boolean | null;
  /** A prompt that came before was read from a cache, as usage says. */
  prefixCache: boolean | null;
}

const readVectors = reader(z.looseObject({ data: z.array(z.looseObject({ embedding: z.union([z.array(z.number()).min(1), z.string().min(1)]) })).min(1) }));

const details = z.looseObject({ usage: z.looseObject({ prompt_tokens_details: z.looseObject({ cached_tokens: z.number() }) }) });

/** The first is above the 1,024 tokens below which hosted servers keep nothing, the second fits a small model. */
const PROMPTS = [160, 20].map((lines) => Array.from({ length: lines }, (_, index) => `Line ${index} says nothing of importance.`).join('\n'));

/** What was answered, `no` where the server is not willing or able, null where it is in trouble of another kind. */
async function seen(ask: () => Promise<boolean | null>): Promise<boolean | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.endsAll && error.status !== 404) throw problemOf(error);
    return error.unwilling || error.status === 501 ? false : null;
  }
}

async function cached({ channel, model }: Desk, errand: Errand): Promise<boolean | null> {
  const ask = (content: string | undefined) => channel.post({ path: '/chat/completions', body: { model, messages: [{ role: 'user', content }], max_tokens: 1, temperature: 0 } }, (reply) => reply, errand);
  let prompt = PROMPTS[0];
  try {
    await ask(prompt);
  } catch (error) {
    if (!(error instanceof Fault) || error.status !== 400) throw error;
    prompt = PROMPTS[1];
    await ask(prompt);
  }
  const again = await ask(prompt);
  // many servers leave the details out, which says nothing
  return details.safeParse(again).success ? usageOf(again, null).cachedTokens > 0 : null;
}

/**
 * Three requests more (four where a long prompt is refused), asked by a probe on request alone: two of them are prompts of some 1,500 tokens.
 * @throws ProblemError endpoint_refused, or the signal's reason
 */
export async function survey(desk: Desk, errand: Errand): Promise<Survey> {
  const { channel, model } = desk;
  const embeddings = await seen(async () => {
    await channel.post({ path: '/embeddings', body: { model, input: ['A B'] } }, readVectors, errand);
    return true;
  });
  const prefixCache = await seen(() => cached(desk, errand));
  return { embeddings, prefixCache };
}
