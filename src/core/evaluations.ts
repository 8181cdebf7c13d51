import { ProblemError } from '../errors.ts';
import { storedSchema, type StoredDocument, type StoredOutcome } from './evaluationschema.ts';
import { csv } from './text/csv.ts';
import type { Completion, Mask, Need, Outcome, TokenGrid } from './types.ts';

export interface StoredEvaluation {
  mask: Mask;
  /** Held-out masks are never fitted: faithfulness is measured on them. */
  role: 'method' | 'holdout';
  outcome: Outcome;
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
  /** In the order of asking. */
  evaluations: readonly StoredEvaluation[];
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

function packOutcome(outcome: Outcome): StoredOutcome {
  switch (outcome.kind) {
    case 'weighed':
      return Array.from(outcome.logprobs, packLogProb);
    case 'generated':
      return { completion: packCompletion(outcome.completion) };
    case 'failed':
      return { failed: outcome.reason };
  }
}

function unpackOutcome(stored: StoredOutcome): Outcome {
  if (Array.isArray(stored)) return { kind: 'weighed', logprobs: Float64Array.from(stored, unpackLogProb) };
  if ('completion' in stored) return { kind: 'generated', completion: stored.completion };
  return { kind: 'failed', reason: stored.failed };
}

/** JSON text of the evaluations. Log-probabilities are written so that reading gives the same doubles (+∞ becomes NaN). */
export function packEvaluations({ n, needs, completion, grid, evaluations }: StoredEvaluations): string {
  const stored: StoredDocument = {
    version: 1,
    n,
    needs,
    completion: packCompletion(completion),
    grid: grid && [...grid.ends],
    masks: evaluations.map(({ mask }) => mask.join('')),
    roles: evaluations.map(({ role }) => role),
    outcomes: evaluations.map(({ outcome }) => packOutcome(outcome)),
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
  const { n, needs, completion, grid, masks, roles, outcomes } = result.data;
  return {
    n,
    needs,
    completion,
    grid: grid && { ends: Int32Array.from(grid) },
    evaluations: outcomes.map((outcome, index) => ({
      mask: Uint8Array.from(masks[index] ?? '', Number),
      role: roles[index] ?? 'method',
      outcome: unpackOutcome(outcome),
    })),
  };
}

export interface EvaluationRow {
  /** 1 = present, one entry per perturbable unit. */
  mask: number[];
  /** Not fitted: kept to measure faithfulness. */
  holdout: boolean;
  /** Log-probability per token, null where there is none; or the regenerated text, null where the evaluation failed. */
  values: (number | null)[] | string | null;
}

/** The evaluations as anybody can refit them. */
export interface EvaluationTable {
  /** What the values are of: the completion's tokens, or the one word `completion` where answers were regenerated. */
  columns: string[];
  rows: EvaluationRow[];
}

function valuesOf(outcome: Outcome, tokens: number | null): EvaluationRow['values'] {
  if (outcome.kind === 'generated') return outcome.completion.text;
  if (outcome.kind === 'weighed') return Array.from(outcome.logprobs, (value) => (Number.isFinite(value) ? value : null));
  return tokens === null ? null : Array.from({ length: tokens }, () => null);
}

/** A failed evaluation keeps its row, with null for values. */
export function asTable({ completion, grid, evaluations }: StoredEvaluations): EvaluationTable {
  const ends = grid && [...grid.ends];
  return {
    columns: ends?.map((end, index) => completion.text.slice(ends[index - 1] ?? 0, end)) ?? ['completion'],
    rows: evaluations.map(({ mask, role, outcome }) => ({
      mask: [...mask],
      holdout: role === 'holdout',
      values: valuesOf(outcome, ends?.length ?? null),
    })),
  };
}

/** RFC 4180 with a header: `unit_0` … (1 = present), `holdout` (0 or 1), then the columns; an empty field is a missing value. */
export function toCsv({ columns, rows }: EvaluationTable): string {
  const units = (rows[0]?.mask ?? []).map((_, index) => `unit_${index}`);
  const cells = (values: EvaluationRow['values']) => (Array.isArray(values) ? values : [values]);
  const records = rows.map(({ mask, holdout, values }) => [...mask, holdout ? 1 : 0, ...cells(values)]);
  return csv([[...units, 'holdout', ...columns], ...records]);
}
