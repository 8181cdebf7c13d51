import type { StoredEdit, StoredEvaluations } from './evaluations.ts';
import { csv } from './text/csv.ts';
import type { Opening, Outcome, Values, Weighable } from './types.ts';

export interface EvaluationRow {
  /** 1 = present, one entry per perturbable unit. */
  mask: number[];
  /** Not fitted: kept to measure faithfulness, by held-out masks or by the checks, or the noise of the unchanged call. */
  holdout: boolean;
  /** Number of the mask's answer, where several were sampled. */
  sample: number;
  /** One number per column, null where there is none. */
  values: (number | null)[];
  /** The column in which the endpoint's own answer was another token; null where it was none, or was not followed. */
  divergence: number | null;
  /** Columns, from the first on, that were measured: those after them hold a bound and a floor. null: all of them. */
  measured: number | null;
  /** The answer as it was generated anew; null where it was not. */
  completion: string | null;
  /** What an answer may begin with, as the endpoint gave it; null where it was not asked. */
  opening: Opening[] | null;
  /** What a search edited; null where masks were asked. */
  edits: StoredEdit[] | null;
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
export function asTable({ completion, grid, weighed: instead, others = [], evaluations }: StoredEvaluations, units: readonly number[], scored: { columns: string[]; values: Values }): EvaluationTable {
  const weighed = grid ? [{ text: instead ?? completion.text, grid }, ...others].map(tokensOf) : null;
  const columns = weighed ? weighed.flat() : scored.columns;
  const starts = (weighed ?? []).map((_, index, all) => all.slice(0, index).reduce((sum, tokens) => sum + tokens.length, 0));
  return {
    units: [...units],
    columns,
    foils: starts.slice(1),
    rows: evaluations.map(({ mask, role, sample, outcome, edits }, row) => {
      const values = weighed ? weights(outcome) : (scored.values[row] ?? []);
      return {
        mask: [...mask],
        holdout: role !== 'method',
        sample,
        values: columns.map((_, column) => (Number.isFinite(values[column]) ? (values[column] as number) : null)),
        divergence: outcome.kind === 'weighed' ? (outcome.aligned?.divergence ?? null) : null,
        measured: outcome.kind === 'weighed' ? (outcome.aligned?.known ?? null) : null,
        completion: outcome.kind === 'generated' ? outcome.completion.text : null,
        opening: outcome.kind === 'opened' ? outcome.top.map(({ token, logprob }) => ({ token, logprob })) : null,
        edits: edits ? [...edits] : null,
      };
    }),
  };
}

/**
 * RFC 4180 with a header: `unit_N` for the unit N of the result (1 = present), `holdout` (0 or 1), `sample`, then the columns
 * with their number, since texts repeat, those of a foil as `3:foil:text`. At the end `divergence` and
 * `measured` where answers were followed, `completion` where they were
 * generated anew, `opening` (JSON) where they were opened, and `edits` (JSON) where calls were edited. An empty field is a missing value.
 */
export function toCsv({ units, columns, foils, rows }: EvaluationTable): string {
  const ends: { name: string; of: (row: EvaluationRow) => string | number | null }[] = [
    { name: 'divergence', of: ({ divergence }) => divergence },
    { name: 'measured', of: ({ measured }) => measured },
    { name: 'completion', of: ({ completion }) => completion },
    { name: 'opening', of: ({ opening }) => opening && JSON.stringify(opening) },
    { name: 'edits', of: ({ edits }) => edits && JSON.stringify(edits) },
  ];
  const shown = ends.filter(({ of }) => rows.some((row) => of(row) !== null));
  const firstFoil = foils[0] ?? Infinity;
  const titles = columns.map((text, index) => `${index}:${index >= firstFoil ? 'foil:' : ''}${text}`);
  const header = [...units.map((unit) => `unit_${unit}`), 'holdout', 'sample', ...titles, ...shown.map(({ name }) => name)];
  const records = rows.map((row) => [...row.mask, row.holdout ? 1 : 0, row.sample, ...row.values, ...shown.map(({ of }) => of(row))]);
  return csv([header, ...records]);
}
