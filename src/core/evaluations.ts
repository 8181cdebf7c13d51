import { ProblemError } from '../errors.ts';
import { storedSchema, type StoredDocument, type StoredOutcome } from './evaluationschema.ts';
import type { StageRecord } from './levels/climb.ts';
import type { Completion, Consultation, Mask, Need, Opening, Outcome, TokenGrid, TokenNoise, Weighable } from './types.ts';

/**
 * What a mask was asked for. Only the method's own are ever fitted: held-out ones measure the fit, those of the checks
 * follow the scores and would be no sample, samples of the reference measure the noise of answers.
 */
export type Role = 'method' | 'holdout' | 'check' | 'reference';

export interface StoredEvaluation {
  mask: Mask;
  role: Role;
  /** Which of the mask's answers it is, from 0. The unchanged call has no 0 where that one is the completion itself. */
  sample: number;
  outcome: Outcome;
  /** Of a search: what was edited, as the contract shows it; a unit with an edit counts as absent in the mask. */
  edits?: readonly StoredEdit[] | undefined;
}

/** Offsets in code points of the text that the unit's `at` names. */
export interface StoredEdit {
  unit: number;
  start: number;
  end: number;
  from: string;
  to: string;
}

/** All that a job saw: enough to explain other targets, by other methods, without asking the model again. */
export interface StoredEvaluations {
  /** Number of perturbable units. */
  n: number;
  /** What the outcomes can feed. */
  needs: Need;
  /** The completion that was explained. */
  completion: Completion;
  /** null where nothing was weighed. */
  grid: TokenGrid | null;
  /** What was weighed in the place of the completion; left out: nothing. */
  weighed?: string | undefined;
  /** The completions with a foil, where some were weighed. */
  others?: readonly Weighable[] | undefined;
  /** What the unperturbed call opens with, where openings were asked. */
  opening?: readonly Opening[] | undefined;
  /** How exactly it was weighed, where that is known. */
  tokenNoise?: TokenNoise | undefined;
  /** In the order of asking. */
  evaluations: readonly StoredEvaluation[];
  /** Left out: nobody was consulted about the answers. */
  advice?: StoredAdvice;
  /** Of a job with levels: how it came to its units. */
  stages?: readonly StageRecord[] | undefined;
}

/** What was said about the answers, by the consultations' keys; NaN where there is no answer. */
export interface StoredAdvice {
  kinds: readonly Consultation['kind'][];
  numbers: ReadonlyMap<string, number>;
}

/** The code of '0'. */
const ZERO = 48;

function packAdvice({ kinds, numbers }: StoredAdvice): StoredDocument['advice'] {
  return { kinds: [...kinds], numbers: Object.fromEntries([...numbers].map(([key, number]) => [key, Number.isFinite(number) ? number : null])) };
}

function unpackAdvice({ kinds, numbers }: NonNullable<StoredDocument['advice']>): StoredAdvice {
  return { kinds, numbers: new Map(Object.entries(numbers).map(([key, number]) => [key, number ?? Number.NaN])) };
}

function packLogProb(value: number): number | null | '-inf' {
  if (Number.isFinite(value)) return value;
  return value === Number.NEGATIVE_INFINITY ? '-inf' : null;
}

function unpackLogProb(value: number | null | '-inf'): number {
  if (value === null) return Number.NaN;
  return value === '-inf' ? Number.NEGATIVE_INFINITY : value;
}

function packCompletion({ text, toolCalls, finishReason }: Completion): StoredDocument['completion'] {
  return { text, toolCalls: toolCalls.map((call) => ({ name: call.name, arguments: call.arguments })), finishReason };
}

function packOpening(top: readonly Opening[]): [string, number | null | '-inf'][] {
  return top.map(({ token, logprob }) => [token, packLogProb(logprob)]);
}

function unpackOpening(stored: readonly (readonly [string, number | null | '-inf'])[]): Opening[] {
  return stored.map(([token, logprob]) => ({ token, logprob: unpackLogProb(logprob) }));
}

function packOutcome(outcome: Outcome): StoredOutcome {
  switch (outcome.kind) {
    case 'weighed': {
      const weighed = Array.from(outcome.logprobs, packLogProb);
      if (outcome.aligned) return { weighed, aligned: [outcome.aligned.divergence, outcome.aligned.known] };
      return outcome.others ? { weighed, others: outcome.others.map((other) => Array.from(other, packLogProb)) } : weighed;
    }
    case 'opened':
      return { opened: packOpening(outcome.top) };
    case 'generated':
      return { completion: packCompletion(outcome.completion) };
    case 'failed':
      return { failed: outcome.reason };
  }
}

function unpackLogProbs(list: readonly (number | null | '-inf')[]): Float64Array {
  const all = new Float64Array(list.length);
  for (let at = 0; at < all.length; at++) all[at] = unpackLogProb(list[at] ?? null);
  return all;
}

function unpackMask(text: string): Mask {
  const mask = new Uint8Array(text.length);
  for (let unit = 0; unit < mask.length; unit++) mask[unit] = text.charCodeAt(unit) - ZERO;
  return mask;
}

function unpackOutcome(stored: StoredOutcome): Outcome {
  if (Array.isArray(stored)) return { kind: 'weighed', logprobs: unpackLogProbs(stored) };
  if ('aligned' in stored) {
    const [divergence, known] = stored.aligned;
    return { kind: 'weighed', logprobs: unpackLogProbs(stored.weighed), aligned: { divergence, known } };
  }
  if ('weighed' in stored) return { kind: 'weighed', logprobs: unpackLogProbs(stored.weighed), others: stored.others.map(unpackLogProbs) };
  if ('opened' in stored) return { kind: 'opened', top: unpackOpening(stored.opened) };
  if ('completion' in stored) return { kind: 'generated', completion: stored.completion };
  return { kind: 'failed', reason: stored.failed };
}

/** JSON text of the evaluations. Log-probabilities are written so that reading gives the same doubles (+∞ becomes NaN). */
export function packEvaluations({ n, needs, completion, grid, weighed, others, opening, tokenNoise, evaluations, advice, stages }: StoredEvaluations): string {
  // the least version whose readers take all of it for what it is
  const sampled = evaluations.some(({ sample, role }) => sample > 0 || role === 'reference');
  const stored: StoredDocument = {
    version: weighed !== undefined ? 3 : sampled ? 2 : 1,
    n,
    needs,
    completion: packCompletion(completion),
    grid: grid && [...grid.ends],
    ...(weighed !== undefined ? { weighed } : {}),
    ...(others?.length ? { others: others.map((other) => ({ text: other.text, ends: [...other.grid.ends] })) } : {}),
    ...(opening ? { opening: packOpening(opening) } : {}),
    ...(tokenNoise ? { tokenNoise } : {}),
    masks: evaluations.map(({ mask }) => mask.join('')),
    roles: evaluations.map(({ role }) => role),
    outcomes: evaluations.map(({ outcome }) => packOutcome(outcome)),
    ...(sampled ? { samples: evaluations.map(({ sample }) => sample) } : {}),
    ...(advice ? { advice: packAdvice(advice) } : {}),
    ...(stages ? { stages: stages.map((stage) => ({ ...stage, opened: [...stage.opened] })) } : {}),
    ...(evaluations.some(({ edits }) => edits) ? { edits: evaluations.map(({ edits }) => [...(edits ?? [])]) } : {}),
  };
  return JSON.stringify(stored);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The inverse of packEvaluations. @throws ProblemError evaluations_missing when the text is no document of a known version */
export function unpackEvaluations(json: string): StoredEvaluations {
  const result = storedSchema.safeParse(parsed(json));
  if (!result.success) throw new ProblemError('evaluations_missing', 'the stored evaluations cannot be read by this release');
  const { n, needs, completion, grid, weighed, others, opening, tokenNoise, masks, roles, outcomes, samples, advice, stages, edits } = result.data;
  return {
    n,
    needs,
    completion,
    grid: grid && { ends: Int32Array.from(grid) },
    ...(weighed !== undefined ? { weighed } : {}),
    ...(others ? { others: others.map(({ text, ends }) => ({ text, grid: { ends: Int32Array.from(ends) } })) } : {}),
    ...(opening ? { opening: unpackOpening(opening) } : {}),
    ...(tokenNoise ? { tokenNoise } : {}),
    evaluations: outcomes.map((outcome, index) => ({
      mask: unpackMask(masks[index] ?? ''),
      role: roles[index] ?? 'method',
      sample: samples?.[index] ?? 0,
      outcome: unpackOutcome(outcome),
      ...(edits ? { edits: edits[index] ?? [] } : {}),
    })),
    ...(advice ? { advice: unpackAdvice(advice) } : {}),
    ...(stages ? { stages } : {}),
  };
}
