import { z } from 'zod';
import type { Price, Usage } from '../../service/ports.ts';

const count = z.number().nonnegative().nullish();

const details = z.looseObject({ cached_tokens: count }).nullish();

/** Chat and completions say prompt and completion, the Responses API says input and output. */
const usageSchema = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: details,
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: details,
});

/** A reply that says nothing readable of usage counts as free of tokens: there is nothing to go by. */
const carrier = z.looseObject({ usage: usageSchema.nullish() });

/** llama.cpp's /v1 times and counts the first prompt of a list only. The others are much the same: they are one call, perturbed. */
const ofFirst = z.looseObject({ choices: z.array(z.unknown()), timings: z.looseObject({ prompt_n: z.number() }) });

/** llama.cpp's native routes count in each item, one per prompt. */
const natively = z.looseObject({ tokens_evaluated: z.number().nonnegative(), tokens_predicted: count, 'timings/cache_n': count });
const native = z.union([z.array(natively), natively.transform((only) => [only])]);

/** SGLang's native route counts in each item, TGI's and Ollama's in fields of their own. */
const metered = z.looseObject({ meta_info: z.looseObject({ prompt_tokens: z.number().nonnegative(), completion_tokens: count, cached_tokens: count }) });
const meteredAll = z.union([z.array(metered).min(1), metered.transform((only) => [only])]);
const detailed = z.looseObject({ details: z.looseObject({ generated_tokens: z.number().nonnegative(), prefill: z.array(z.unknown()) }) });
const evaluated = z.looseObject({ prompt_eval_count: count, eval_count: z.number().nonnegative() });

/** vLLM's route from ids to ids tells nothing but the ids. */
const idsOnly = z.looseObject({ choices: z.array(z.looseObject({ token_ids: z.array(z.unknown()) })).min(1) });

type Counts = z.output<typeof usageSchema>;

const sumOf = <T>(items: readonly T[], of: (item: T) => number | null | undefined): number => items.reduce((sum, item) => sum + (of(item) ?? 0), 0);

function nativeCounts(reply: object, sent: number): Counts {
  const items = native.safeParse(reply).data;
  if (items) {
    return {
      prompt_tokens: sumOf(items, (item) => item.tokens_evaluated),
      completion_tokens: sumOf(items, (item) => item.tokens_predicted),
      prompt_tokens_details: { cached_tokens: sumOf(items, (item) => item['timings/cache_n']) },
    };
  }
  const meters = meteredAll.safeParse(reply).data?.map(({ meta_info: meter }) => meter);
  if (meters) {
    return {
      prompt_tokens: sumOf(meters, (meter) => meter.prompt_tokens),
      completion_tokens: sumOf(meters, (meter) => meter.completion_tokens),
      prompt_tokens_details: { cached_tokens: sumOf(meters, (meter) => meter.cached_tokens) },
    };
  }
  const told = detailed.safeParse(reply).data?.details;
  if (told) return { prompt_tokens: told.prefill.length, completion_tokens: told.generated_tokens };
  const counts = evaluated.safeParse(reply).data;
  if (counts) return { prompt_tokens: counts.prompt_eval_count ?? 0, completion_tokens: counts.eval_count };
  const choices = sent > 0 ? idsOnly.safeParse(reply).data?.choices : null;
  return choices ? { prompt_tokens: sent, completion_tokens: sumOf(choices, ({ token_ids: ids }) => ids.length) } : {};
}

/**
 * What one HTTP request added. `calls` is 0: the evaluator counts them. A failed request has no reply.
 * @param sent token ids in the request, for replies that do not count them
 */
export function usageOf(reply: object | null, price: Price | null, sent = 0): Usage {
  const parsed = carrier.safeParse(reply ?? {});
  const usage = (parsed.success ? parsed.data.usage : null) ?? nativeCounts(reply ?? {}, sent);
  const times = Math.max(1, ofFirst.safeParse(reply).data?.choices.length ?? 1);
  const promptTokens = times * (usage.prompt_tokens ?? usage.input_tokens ?? 0);
  const completionTokens = times * (usage.completion_tokens ?? usage.output_tokens ?? 0);
  const cachedTokens = times * (usage.prompt_tokens_details?.cached_tokens ?? usage.input_tokens_details?.cached_tokens ?? 0);
  return { calls: 0, httpRequests: 1, promptTokens, cachedTokens, completionTokens, costUsd: price ? costOf(price, promptTokens, cachedTokens, completionTokens) : 0 };
}

/** US dollars. Cached tokens are among those of the prompt. */
function costOf({ promptPerMillion, completionPerMillion, cachedPerMillion }: Price, prompt: number, cached: number, completion: number): number {
  const cheap = Math.min(prompt, cached);
  return ((prompt - cheap) * promptPerMillion + cheap * (cachedPerMillion ?? promptPerMillion) + completion * completionPerMillion) / 1e6;
}

/** A guess before sending, for limits per minute: four characters a token, and what may be generated. */
export function estimateTokens(body: Record<string, unknown>): number {
  const size = JSON.stringify(body).length / 4;
  const most = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens'];
  return Math.ceil(size + (typeof most === 'number' && most > 0 ? most : 0));
}
