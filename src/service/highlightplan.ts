import type { Asked } from '../contract/asked.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import { tellerOf } from '../core/refusals/options.ts';
import { faultAt } from '../errors.ts';
import type { EndpointInfo } from './ports.ts';

/** Calls whose answers are compared: as it stands, without the highlighted units, without as many random ones. */
const ARMS = 3;

/** Where the options of the method are in a request. */
export const HIGHLIGHT_AT = '/method/options';

/** Answers that the check of a highlight asks for at most; 0 where nothing is highlighted. */
export function highlightAnswers({ highlight }: Asked): number {
  return highlight ? ARMS * highlight.samples : 0;
}

/** Calls that the check takes at most, verdicts of the judge included. */
export function highlightCalls(asked: Asked): number {
  return highlightAnswers(asked) * (asked.highlight?.told_by === 'judge' ? 2 : 1);
}

/** @throws ProblemError invalid_pattern, scorer_unavailable, validation_failed: what a highlight cannot be asked for */
export function refuseHighlight({ highlight }: Asked, { targets }: ExplanationRequest, info: EndpointInfo): void {
  if (!highlight) return;
  tellerOf(highlight, HIGHLIGHT_AT);
  if (highlight.told_by === 'judge' && !info.judge) {
    throw faultAt('scorer_unavailable', `${HIGHLIGHT_AT}/told_by`, `the endpoint ${info.name} has no judge configured`);
  }
  const other = targets.findIndex(({ kind }) => kind !== 'completion');
  if (other >= 0) throw faultAt('validation_failed', `/targets/${other}`, 'a highlight explains whether the call is complied with, so its only target is the completion');
}
