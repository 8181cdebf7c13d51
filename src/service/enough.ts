import type { Outcome } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Budget } from './budget.ts';
import type { Counsel } from './counsel.ts';
import type { Evaluator } from './evaluator.ts';

/** All that was asked of the endpoint. */
type Asked = Pick<Evaluator, 'counts'> & { readonly log: readonly { outcome: Outcome }[] };

/** The commonest reasons of failed evaluations, with their counts. */
function reasons(evaluator: Asked): string {
  const counts = new Map<string, number>();
  for (const { outcome } of evaluator.log) {
    if (outcome.kind === 'failed') counts.set(outcome.reason, (counts.get(outcome.reason) ?? 0) + 1);
  }
  return listed([...counts].toSorted((a, b) => b[1] - a[1]));
}

function listed(counted: readonly (readonly [string, number])[]): string {
  return counted
    .slice(0, 3)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join('; ');
}

/** What came of consulting, in words; null where nothing was missing. */
export function missingAdvice({ counts, reasons: why }: Counsel): string | null {
  if (counts.failed === 0) return null;
  return `${counts.failed} of ${counts.wanted} consultations gave no value${why.length > 0 ? `: ${listed(why)}` : ' (they were not asked)'}`;
}

/**
 * A failed evaluation, or one that nobody could say anything about, is a value like another; a job fails only when too
 * few are left: more than half failed, or no unit of any target could be scored.
 * @param blank whether nothing could be scored
 * @throws ProblemError too_few_evaluations, budget_exhausted
 */
export function refuseTooFew(blank: boolean, evaluator: Asked, counsel: Counsel, budget: Budget): void {
  const { asked, cached, failed } = evaluator.counts;
  if (failed > 0 && (blank || failed * 2 > asked + cached)) {
    throw new ProblemError('too_few_evaluations', `${failed} of ${asked + cached} evaluations failed: ${reasons(evaluator)}`);
  }
  const mute = counsel.reasons.reduce((sum, [, count]) => sum + count, 0);
  if (mute > 0 && (blank || mute * 2 > counsel.counts.wanted)) {
    throw new ProblemError('too_few_evaluations', missingAdvice(counsel) ?? '');
  }
  if (blank && budget.spent) {
    throw new ProblemError('budget_exhausted', `the budget ended after ${asked + cached} evaluations, which is too few for one score`);
  }
}
