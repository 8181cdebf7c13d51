import { full } from '../core/masks.ts';
import type { Completion, TokenGrid } from '../core/types.ts';
import type { Asking } from './asking.ts';
import type { Rung } from './ports.ts';
import { cacheKey, gridKey } from './question.ts';

/**
 * The token grid of the completion, from the cache where it was found before: a job that comes again asks nothing.
 * Where finding it took a weighing of the call itself, that outcome is kept as the evaluation of the full mask.
 * @throws ProblemError scorer_unavailable, endpoint_*
 */
export async function findGrid({ owner, plan, endpoint, cache, budget, signal, flights, onUsed }: Asking, completion: Completion, rung: Rung): Promise<TokenGrid> {
  const call = plan.renderer.render(full(plan.renderer.n));
  const text = JSON.stringify(call);
  const key = gridKey(owner, endpoint.identity, completion, text, rung);
  const look = async (): Promise<TokenGrid | null> => {
    const [known] = await cache.get([key]);
    return known?.kind === 'weighed' ? { ends: Int32Array.from(known.logprobs) } : null;
  };
  const ask = async (): Promise<TokenGrid> => {
    const { ends, logprobs } = await endpoint.grid(call, completion, signal, (usage) => budget.add(usage, [text.length]), rung);
    const grid = { ends };
    // the cache keeps numbers per token; here they are where the tokens end
    await cache.set(key, { kind: 'weighed', logprobs: Float64Array.from(ends) });
    if (logprobs) {
      const whole = cacheKey(owner, endpoint.identity, { kind: 'weigh', completion, grid, rung }, text);
      await cache.set(whole, { kind: 'weighed', logprobs });
      onUsed([whole]);
    }
    return grid;
  };
  onUsed([key]);
  const grid = await flights.once(key, signal, look, ask);
  onUsed([key]);
  return grid;
}
