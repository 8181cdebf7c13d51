import { ProblemError } from '../errors.ts';
import { storedSchema, type StoredDocument, type StoredOutcome } from './evaluationschema.ts';
import { csv } from './text/csv.ts';
import type { Completion, Mask, Need, Outcome, TokenGrid, Values } from './types.ts';

/**
 * What a mask was asked for. Only the method's own are ever fitted: held-out ones measure the fit, those of the checks
 * follow the scores and would be no sample.
 */
export type Role = 'method' | 'holdout' | 'check';

export interface StoredEvaluation {
  mask: Mask;
  role: Role;
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
  /** Not fitted: kept to measure faithfulness, by held-out masks or by the checks. */
  holdout: boolean;
  /** One number per column, null where there is none. */
  values: (number | null)[];
  /** The answer as it was generated anew; null where the completion was weighed or the evaluation failed. */
  completion: string | null;
}

/** The evaluations as anybody can refit them. */
export interface EvaluationTable {
  /** For each entry of a mask, the index of its unit in the result's `units`. */
  units: number[];
  /** What the values are of: the completion's tokens, or the targets where answers were compared. */
  columns: string[];
  rows: EvaluationRow[];
}

/**
 * The evaluations as a table. A failed evaluation keeps its row, with null for values.
 * @param units   index of the unit of each mask position
 * @param compared the targets' texts and their values, [evaluation][target], where answers were compared
 */
export function asTable({ completion, grid, evaluations }: StoredEvaluations, units: readonly number[], compared: { columns: string[]; values: Values }): EvaluationTable {
  const ends = grid && [...grid.ends];
  const columns = ends?.map((end, index) => completion.text.slice(ends[index - 1] ?? 0, end)) ?? compared.columns;
  return {
    units: [...units],
    columns,
    rows: evaluations.map(({ mask, role, outcome }, row) => {
      const values = outcome.kind === 'weighed' ? outcome.logprobs : ends ? [] : (compared.values[row] ?? []);
      return {
        mask: [...mask],
        holdout: role !== 'method',
        values: columns.map((_, column) => (Number.isFinite(values[column]) ? (values[column] as number) : null)),
        completion: outcome.kind === 'generated' ? outcome.completion.text : null,
      };
    }),
  };
}

/**
 * RFC 4180 with a header: `unit_N` for the unit N of the result (1 = present), `holdout` (0 or 1), then the columns with
 * their number, since texts repeat, and `completion` where answers were generated anew. An empty field is a missing value.
 */
export function toCsv({ units, columns, rows }: EvaluationTable): string {
  const generated = rows.some((row) => row.completion !== null);
  const header = [...units.map((unit) => `unit_${unit}`), 'holdout', ...columns.map((text, index) => `${index}:${text}`), ...(generated ? ['completion'] : [])];
  const records = rows.map(({ mask, holdout, values, completion }) => [...mask, holdout ? 1 : 0, ...values, ...(generated ? [completion] : [])]);
  return csv([header, ...records]);
}
