import type { Completion, Need, TokenGrid } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Asking } from './asking.ts';
import { findGrid } from './grid.ts';
import type { Rung } from './ports.ts';
import type { Question } from './question.ts';
import { type Scoring, scoringFor } from './scoring.ts';

/** What a job has settled before its first mask: the answer to explain, how it is scored and so how it is asked. */
export interface Setting {
  reference: Completion;
  grid: TokenGrid | null;
  rung: Rung;
  notes: readonly string[];
  scoring: Scoring;
  question: Question;
}

/** A completion that is tool calls, or empty, has no text that the model could be asked to weigh. */
function canWeigh(completion: Completion): boolean {
  return completion.text.length > 0 && completion.toolCalls.length === 0;
}

/**
 * Takes the best scoring that the endpoint can feed for this call and completion.
 * @throws ProblemError scorer_unavailable, endpoint_*
 */
export async function settle(input: Asking, reference: Completion): Promise<Setting> {
  const { plan, endpoint, signal } = input;
  const { scorer } = plan.request;
  const supports = await endpoint.supports(plan.model, signal);
  const shape: Rung = plan.call['messages'] !== undefined ? supports.chat : plan.call['prompt'] !== undefined ? supports.completion : 'text';
  const rung: Rung = canWeigh(reference) ? shape : 'text';
  const compare = (notes: readonly string[]): Setting => ({
    reference,
    grid: null,
    rung: 'text',
    notes,
    scoring: scoringFor(scorer, new Set<Need>(['text']), plan.method),
    question: { kind: 'generate' },
  });
  if (rung === 'text') return compare(supports.notes);
  const scoring = scoringFor(scorer, new Set<Need>(['text', 'likelihood']), plan.method);
  if (scoring.scorer.needs === 'text') return compare(supports.notes);
  try {
    const grid = await findGrid(input, reference);
    return { reference, grid, rung, notes: supports.notes, scoring, question: { kind: 'weigh', completion: reference, grid } };
  } catch (error) {
    // what the server weighs in general it may not for this call: `auto` then compares answers, and the notes say why
    if (scorer.id !== 'auto' || !(error instanceof ProblemError) || error.code !== 'scorer_unavailable') throw error;
    return compare([...supports.notes, error.message]);
  }
}
