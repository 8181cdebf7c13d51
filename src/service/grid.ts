import type { Completion, TokenGrid } from '../core/types.ts';
import type { Budget } from './budget.ts';
import type { Plan } from './plan.ts';
import type { Endpoint, OutcomeCache } from './ports.ts';
import { cacheKey, gridKey } from './question.ts';

export interface GridInput {
  owner: string;
  plan: Plan;
  endpoint: Endpoint;
  cache: OutcomeCache;
  budget: Budget;
  signal: AbortSignal;
  onUsed: (keys: readonly string[]) => void;
}

/**
 * The token grid of the completion, from the cache where it was found before: a job that comes again asks nothing.
 * Where finding it took a weighing of the call itself, that outcome is kept as the evaluation of the full mask.
 * @throws ProblemError scorer_unavailable, endpoint_*
 */
export async function findGrid({ owner, plan, endpoint, cache, budget, signal, onUsed }: GridInput, completion: Completion): Promise<TokenGrid> {
  const call = plan.renderer.render(new Uint8Array(plan.renderer.n).fill(1));
  const text = JSON.stringify(call);
  const key = gridKey(owner, endpoint.identity, completion, text);
  const [known] = await cache.get([key]);
  if (known?.kind === 'weighed') {
    onUsed([key]);
    return { ends: Int32Array.from(known.logprobs) };
  }
  const { ends, logprobs } = await endpoint.grid(call, completion, signal, (usage) => budget.add(usage));
  const grid = { ends };
  // the cache keeps numbers per token; here they are where the tokens end
  await cache.set(key, { kind: 'weighed', logprobs: Float64Array.from(ends) });
  onUsed([key]);
  if (logprobs) {
    const full = cacheKey(owner, endpoint.identity, { kind: 'weigh', completion, grid }, text);
    await cache.set(full, { kind: 'weighed', logprobs });
    onUsed([full]);
  }
  return grid;
}
