import { ProblemError } from '../errors.ts';
import { storedSchema, type StoredDocument, type StoredOutcome } from './evaluationschema.ts';
import type { StageRecord } from './levels/climb.ts';
import { csv } from './text/csv.ts';
import type { Completion, Consultation, Mask, Need, Opening, Outcome, TokenGrid, Values, Weighable } from './types.ts';

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
  /** The completions with a foil, where some were weighed. */
  others?: readonly Weighable[] | undefined;
  /** What the unperturbed call opens with, where openings were asked. */
  opening?: readonly Opening[] | undefined;
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

function unpackOutcome(stored: StoredOutcome): Outcome {
  const numbers = (list: readonly (number | null | '-inf')[]) => Float64Array.from(list, unpackLogProb);
  if (Array.isArray(stored)) return { kind: 'weighed', logprobs: numbers(stored) };
  if ('weighed' in stored) return { kind: 'weighed', logprobs: numbers(stored.weighed), others: stored.others.map(numbers) };
  if ('opened' in stored) return { kind: 'opened', top: unpackOpening(stored.opened) };
  if ('completion' in stored) return { kind: 'generated', completion: stored.completion };
  return { kind: 'failed', reason: stored.failed };
}

/** JSON text of the evaluations. Log-probabilities are written so that reading gives the same doubles (+∞ becomes NaN). */
export function packEvaluations({ n, needs, completion, grid, others, opening, evaluations, advice, stages }: StoredEvaluations): string {
  // only what a reader of version 1 would take for something else is version 2
  const sampled = evaluations.some(({ sample, role }) => sample > 0 || role === 'reference');
  const stored: StoredDocument = {
    version: sampled ? 2 : 1,
    n,
    needs,
    completion: packCompletion(completion),
    grid: grid && [...grid.ends],
    ...(others?.length ? { others: others.map((other) => ({ text: other.text, ends: [...other.grid.ends] })) } : {}),
    ...(opening ? { opening: packOpening(opening) } : {}),
    masks: evaluations.map(({ mask }) => mask.join('')),
    roles: evaluations.map(({ role }) => role),
    outcomes: evaluations.map(({ outcome }) => packOutcome(outcome)),
    ...(sampled ? { samples: evaluations.map(({ sample }) => sample) } : {}),
    ...(advice ? { advice: packAdvice(advice) } : {}),
    ...(stages ? { stages: stages.map((stage) => ({ ...stage, opened: [...stage.opened] })) } : {}),
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
  const { n, needs, completion, grid, others, opening, masks, roles, outcomes, samples, advice, stages } = result.data;
  return {
    n,
    needs,
    completion,
    grid: grid && { ends: Int32Array.from(grid) },
    ...(others ? { others: others.map(({ text, ends }) => ({ text, grid: { ends: Int32Array.from(ends) } })) } : {}),
    ...(opening ? { opening: unpackOpening(opening) } : {}),
    evaluations: outcomes.map((outcome, index) => ({
      mask: Uint8Array.from(masks[index] ?? '', Number),
      role: roles[index] ?? 'method',
      sample: samples?.[index] ?? 0,
      outcome: unpackOutcome(outcome),
    })),
    ...(advice ? { advice: unpackAdvice(advice) } : {}),
    ...(stages ? { stages } : {}),
  };
}

export interface EvaluationRow {
  /** 1 = present, one entry per perturbable unit. */
  mask: number[];
  /** Not fitted: kept to measure faithfulness, by held-out masks or by the checks, or the noise of the unchanged call. */
  holdout: boolean;
  /** Number of the mask's answer, where several were sampled. */
  sample: number;
  /** One number per column, null where there is none. */
  values: (number | null)[];
  /** The answer as it was generated anew; null where it was not. */
  completion: string | null;
  /** What an answer may begin with, as the endpoint gave it; null where it was not asked. */
  opening: Opening[] | null;
}

/** The evaluations as anybody can refit them. */
export interface EvaluationTable {
  /** For each entry of a mask, the index of its unit in the result's `units`. */
  units: number[];
  /** What the values are of: the tokens of what was weighed, or the targets where nothing was. */
  columns: string[];
  /** The first column of each foil's tokens, which follow those of the completion. */
  foils: number[];
  rows: EvaluationRow[];
}

function tokensOf({ text, grid }: Weighable): string[] {
  return Array.from(grid.ends, (end, index) => text.slice(grid.ends[index - 1] ?? 0, end));
}

/** One number per token of everything weighed; none where nothing was. */
function weights(outcome: Outcome): number[] {
  return outcome.kind === 'weighed' ? [outcome.logprobs, ...(outcome.others ?? [])].flatMap((logprobs) => [...logprobs]) : [];
}

/**
 * The evaluations as a table. A failed evaluation keeps its row, with null for values.
 * @param units   index of the unit of each mask position
 * @param scored the targets' texts and their values, [evaluation][target], where nothing was weighed
 */
export function asTable({ completion, grid, others = [], evaluations }: StoredEvaluations, units: readonly number[], scored: { columns: string[]; values: Values }): EvaluationTable {
  const weighed = grid ? [{ text: completion.text, grid }, ...others].map(tokensOf) : null;
  const columns = weighed ? weighed.flat() : scored.columns;
  const starts = (weighed ?? []).map((_, index, all) => all.slice(0, index).reduce((sum, tokens) => sum + tokens.length, 0));
  return {
    units: [...units],
    columns,
    foils: starts.slice(1),
    rows: evaluations.map(({ mask, role, sample, outcome }, row) => {
      const values = weighed ? weights(outcome) : (scored.values[row] ?? []);
      return {
        mask: [...mask],
        holdout: role !== 'method',
        sample,
        values: columns.map((_, column) => (Number.isFinite(values[column]) ? (values[column] as number) : null)),
        completion: outcome.kind === 'generated' ? outcome.completion.text : null,
        opening: outcome.kind === 'opened' ? outcome.top.map(({ token, logprob }) => ({ token, logprob })) : null,
      };
    }),
  };
}

/**
 * RFC 4180 with a header: `unit_N` for the unit N of the result (1 = present), `holdout` (0 or 1), `sample`, then the columns
 * with their number, since texts repeat, those of a foil as `3:foil:text`. At the end `completion` where answers were
 * generated anew, and `opening` (JSON) where they were opened. An empty field is a missing value.
 */
export function toCsv({ units, columns, foils, rows }: EvaluationTable): string {
  const ends: { name: string; of: (row: EvaluationRow) => string | null }[] = [
    { name: 'completion', of: ({ completion }) => completion },
    { name: 'opening', of: ({ opening }) => opening && JSON.stringify(opening) },
  ];
  const shown = ends.filter(({ of }) => rows.some((row) => of(row) !== null));
  const firstFoil = foils[0] ?? Infinity;
  const titles = columns.map((text, index) => `${index}:${index >= firstFoil ? 'foil:' : ''}${text}`);
  const header = [...units.map((unit) => `unit_${unit}`), 'holdout', 'sample', ...titles, ...shown.map(({ name }) => name)];
  const records = rows.map((row) => [...row.mask, row.holdout ? 1 : 0, row.sample, ...row.values, ...shown.map(({ of }) => of(row))]);
  return csv([header, ...records]);
}
