import type { Outcome } from '../core/types.ts';

/**
 * One outcome of what a call showed to several questions: the completion's weights with those of the foils. A failure
 * of one is the failure of all; null where one was not asked.
 */
export function joined(outcomes: readonly (Outcome | undefined)[]): Outcome | null {
  const [first, ...others] = outcomes.filter((outcome) => outcome !== undefined);
  if (!first || others.length + 1 < outcomes.length) return null;
  if (others.length === 0) return first;
  const failure = [first, ...others].find((outcome) => outcome.kind === 'failed');
  if (failure || first.kind !== 'weighed') return failure ?? first;
  return { ...first, others: others.map((outcome) => (outcome.kind === 'weighed' ? outcome.logprobs : new Float64Array())) };
}
