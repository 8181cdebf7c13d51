import type { Finding } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Budget } from './budget.ts';
import type { Evaluator } from './evaluator.ts';

/** The commonest reasons of failed evaluations, with their counts. */
function reasons(evaluator: Evaluator): string {
  const counts = new Map<string, number>();
  for (const { outcome } of evaluator.log) {
    if (outcome.kind === 'failed') counts.set(outcome.reason, (counts.get(outcome.reason) ?? 0) + 1);
  }
  const listed = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, 3);
  return listed.map(([reason, count]) => `${count} × ${reason}`).join('; ');
}

/**
 * A failed evaluation is a value like another; a job fails only when too few are left: more than half failed, or no
 * unit of any target could be scored.
 * @throws ProblemError too_few_evaluations, budget_exhausted
 */
export function refuseTooFew(finding: Finding, evaluator: Evaluator, budget: Budget): void {
  const { asked, cached, failed } = evaluator.counts;
  const blank = finding.attributions.every((attribution) => attribution.scores.every((score) => Number.isNaN(score)));
  if (failed > 0 && (blank || failed * 2 > asked + cached)) {
    throw new ProblemError('too_few_evaluations', `${failed} of ${asked + cached} evaluations failed: ${reasons(evaluator)}`);
  }
  if (blank && budget.spent) {
    throw new ProblemError('budget_exhausted', `the budget ended after ${asked + cached} evaluations, which is too few for one score`);
  }
}
