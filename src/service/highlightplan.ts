import type { Asked } from '../contract/asked.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import { mostHighlighted } from '../core/highlight/choose.ts';
import { TOGETHER } from '../core/highlight/paraphrase.ts';
import { tellerOf } from '../core/refusals/options.ts';
import type { Unit } from '../core/types.ts';
import { faultAt } from '../errors.ts';
import type { EndpointDirectory, EndpointInfo } from './ports.ts';
import { type AskedInfill, askedFor } from './search/asked.ts';

/** Calls whose answers are always compared: as it stands, without the highlighted units, without as many random ones. */
const ARMS = 3;

/** Where the options of the method are in a request. */
export const HIGHLIGHT_AT = '/method/options';

/** A reply without a usable paraphrase is asked for once more. */
const ASKS = 2;

/** What is known of a job before anything is asked. */
interface Size {
  /** Perturbable units at most. */
  mostUnits: number;
  units: readonly Unit[];
}

/** Calls that the check of a highlight takes at most. */
export interface HighlightCalls {
  answers: number;
  /** Of the judge, about answers. */
  verdicts: number;
  /** Requests for paraphrases. */
  paraphrases: number;
}

/** Zero each where nothing is highlighted. */
export function highlightCalls({ highlight }: Asked, { mostUnits, units }: Size): HighlightCalls {
  if (!highlight || highlight.samples === 0) return { answers: 0, verdicts: 0, paraphrases: 0 };
  const { samples, told_by: toldBy, paraphrase, alpha } = highlight;
  const answers = (ARMS + (paraphrase ? 1 : 0)) * samples;
  const most = mostHighlighted(mostUnits, alpha);
  const places = Math.min(most, new Set(units.filter(({ fixed }) => !fixed).map(({ at }) => at)).size);
  // of each text TOGETHER units a request: Σ ⌈kᵢ / t⌉ ≤ Σ (kᵢ + t − 1) / t
  const requests = Math.min(most, Math.floor((most + places * (TOGETHER - 1)) / TOGETHER));
  return { answers, verdicts: toldBy === 'judge' ? answers : 0, paraphrases: paraphrase ? ASKS * requests : 0 };
}

/** All of them. */
export function sumOf({ answers, verdicts, paraphrases }: HighlightCalls): number {
  return answers + verdicts + paraphrases;
}

/** Who is asked for paraphrases; null = nobody. @throws ProblemError unknown_endpoint, unknown_model */
export function paraphraserOf({ highlight }: Asked, job: { endpoint: EndpointInfo; model: string }, directory: EndpointDirectory): AskedInfill | null {
  return highlight?.paraphrase ? askedFor(highlight.paraphrase, job, directory, `${HIGHLIGHT_AT}/paraphrase`) : null;
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
