import { full } from '../core/masks.ts';
import type { Outcome } from '../core/types.ts';
import { ProblemError, type ProblemCode } from '../errors.ts';
import type { Asking } from './asking.ts';
import { cacheKey } from './question.ts';

/** The problem that a failure on the call itself is: there is nothing to explain without it. */
function problemOf(reason: string): ProblemError {
  const status = Number(/^http (\d{3})/.exec(reason)?.[1] ?? 0);
  const code: ProblemCode =
    status >= 400 && status < 500 && ![408, 409, 429].includes(status)
      ? 'endpoint_refused'
      : reason.startsWith('timeout')
        ? 'endpoint_timeout'
        : reason.startsWith('malformed')
          ? 'endpoint_malformed'
          : 'endpoint_unreachable';
  return new ProblemError(code, `the call itself could not be answered: ${reason}`);
}

/**
 * Asks the call itself, nothing taken away, once; kept in the cache like every other outcome, so that a retried job goes
 * on from the same answer and the evaluation of the full mask is free.
 * @throws ProblemError endpoint_*, budget_exhausted
 */
export async function askWhole<K extends 'generate' | 'open'>(
  { owner, plan, endpoint, cache, budget, signal, flights, onUsed }: Asking,
  kind: K,
): Promise<Extract<Outcome, { kind: K extends 'open' ? 'opened' : 'generated' }>> {
  const call = plan.renderer.render(full(plan.renderer.n));
  const text = JSON.stringify(call);
  const key = cacheKey(owner, endpoint.identity, { kind }, text);
  const look = async (): Promise<Outcome | null> => (await cache.get([key]))[0] ?? null;
  const ask = async (): Promise<Outcome> => {
    let outcome: Outcome | null = null;
    await endpoint[kind]([call], {
      signal,
      admit: () => budget.admit([text.length]),
      onOutcome: (_, shown) => {
        outcome = shown;
        budget.settle(text.length);
      },
      onUsage: (usage) => budget.add(usage, [text.length]),
    });
    if (!outcome) throw new ProblemError('budget_exhausted', 'the budget does not allow the call itself');
    await cache.set(key, outcome);
    return outcome;
  };
  onUsed([key]);
  const seen = await flights.once(key, signal, look, ask);
  onUsed([key]);
  if (seen.kind === 'failed') throw problemOf(seen.reason);
  if (seen.kind !== (kind === 'open' ? 'opened' : 'generated')) throw new Error('the cache holds something else for the call');
  return seen as Extract<Outcome, { kind: K extends 'open' ? 'opened' : 'generated' }>;
}
