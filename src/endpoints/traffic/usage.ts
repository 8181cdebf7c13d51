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

/** llama.cpp's native routes count in each item, one per prompt. */
const natively = z.looseObject({ tokens_evaluated: z.number().nonnegative(), tokens_predicted: count, 'timings/cache_n': count });
const native = z.union([z.array(natively), natively.transform((only) => [only])]);

type Counts = z.output<typeof usageSchema>;

function nativeCounts(reply: object): Counts {
  const items = native.safeParse(reply).data ?? [];
  const total = (of: (item: z.output<typeof natively>) => number | null | undefined) => items.reduce((sum, item) => sum + (of(item) ?? 0), 0);
  return {
    prompt_tokens: total((item) => item.tokens_evaluated),
    completion_tokens: total((item) => item.tokens_predicted),
    prompt_tokens_details: { cached_tokens: total((item) => item['timings/cache_n']) },
  };
}

/** What one HTTP request added. `calls` is 0: the evaluator counts them. A failed request has no reply. */
export function usageOf(reply: object | null, price: Price | null): Usage {
  const parsed = carrier.safeParse(reply ?? {});
  const usage = (parsed.success ? parsed.data.usage : null) ?? nativeCounts(reply ?? {});
  const promptTokens = usage.prompt_tokens ?? usage.input_tokens ?? 0;
  const completionTokens = usage.completion_tokens ?? usage.output_tokens ?? 0;
  const cachedTokens = usage.prompt_tokens_details?.cached_tokens ?? usage.input_tokens_details?.cached_tokens ?? 0;
  const costUsd = price ? (promptTokens * price.promptPerMillion + completionTokens * price.completionPerMillion) / 1e6 : 0;
  return { calls: 0, httpRequests: 1, promptTokens, cachedTokens, completionTokens, costUsd };
}

/** A guess before sending, for limits per minute: four characters a token, and what may be generated. */
export function estimateTokens(body: Record<string, unknown>): number {
  const size = JSON.stringify(body).length / 4;
  const most = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens'];
  return Math.ceil(size + (typeof most === 'number' && most > 0 ? most : 0));
}
