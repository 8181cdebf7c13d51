import type { Result, ResultAttribution } from '../../contract/resource.ts';

/*
 * What both forms of the report show of a result, worked out once.
 */

type Unit = Result['units'][number];

export interface Ranked {
  unit: Unit;
  score: number;
  interval: readonly [number, number] | null;
}

/** Targets that are shown in full; of more, the first ones. */
export const MOST_TARGETS = 8;
/** Rows of a ranking. */
export const MOST_ROWS = 20;

/** Units that make up the text: those that no other unit is a part of. */
export function leavesOf({ units }: Result): Unit[] {
  const parents = new Set(units.map(({ parent }) => parent));
  return units.filter(({ index }) => !parents.has(index));
}

/** The scored leaves, largest size first. */
export function rankingOf(result: Result, attribution: ResultAttribution): Ranked[] {
  const scored = leavesOf(result).flatMap((unit): Ranked[] => {
    const score = attribution.scores[unit.index];
    return score === null || score === undefined ? [] : [{ unit, score, interval: attribution.intervals?.[unit.index] ?? null }];
  });
  return scored.toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score));
}

/** Whether any row has an interval; the rest of the rows say nothing there. */
export function haveIntervals(rows: readonly Ranked[]): boolean {
  return rows.some(({ interval }) => interval !== null);
}

/** A number with four significant digits. */
export function figure(value: number | null): string {
  if (value === null) return '–';
  const rounded = Number(value.toPrecision(4));
  return (Object.is(rounded, -0) ? 0 : rounded).toString().replace('-', '−');
}

/** Name and value of what a reader asks first about how the figures came about. */
export function factsOf(result: Result): [string, string][] {
  const { usage, evaluations, scorer } = result;
  const { reasons, verdict, holdout_r2: fit, lds } = result.faithfulness;
  return [
    ['verdict', [verdict, ...reasons].join('. ')],
    ...(fit === null && lds === null ? [] : [['held-out fit', `R² ${figure(fit)}, rank correlation ${figure(lds)}`] satisfies [string, string]]),
    ['scored by', `${scorer.id} (${scorer.rung}), in ${scorer.unit}`],
    ['method', result.versions.method],
    ['stopped', result.stopped_by],
    ['evaluations', `${evaluations.asked} asked, ${evaluations.cached} from the cache, ${evaluations.failed} failed`],
    ['usage', `${usage.calls} calls, ${usage.prompt_tokens} prompt tokens (${usage.cached_tokens} cached), ${usage.completion_tokens} completion tokens`],
    ['cost', usage.cost_usd === null ? 'the endpoint has no price' : `${figure(usage.cost_usd)} US dollars`],
    ['seed', String(result.seed)],
    ['version', result.versions.service],
  ];
}
