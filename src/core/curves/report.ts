import { mean } from '../statistics.ts';
import { averageHeight } from './area.ts';
import type { CheckDesign, Rationale, Walk, Walks } from './design.ts';

/** Heights in the unit of the values; null where an evaluation is missing. */
export interface CurveFigures {
  shares: number[];
  heights: (number | null)[];
  aupc: number | null;
  random: { aupc: (number | null)[] };
  reverse: { aupc: number | null };
  /** `aupc` less the mean of the random orders. */
  gain: number | null;
}

export interface RationaleFigures {
  units: number[];
  size: number;
  value: number | null;
  /** Of the drop that taking everything away makes: kept by the units alone, or lost without them. null where there is no such drop. */
  share: number | null;
}

/** What the checks found; a part that was not asked is null. */
export interface CheckReport {
  n: number;
  full: number | null;
  empty: number | null;
  deletion: CurveFigures | null;
  insertion: CurveFigures | null;
  topK: { k: number; drop: number | null; random: number | null }[] | null;
  sufficiency: RationaleFigures | null;
  necessity: RationaleFigures | null;
  /** Evaluations that the checks needed, and how many of them are missing. */
  needed: number;
  missing: number;
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The mean of what is there; NaN of nothing. */
export function meanKnown(values: readonly number[]): number {
  return mean(values.filter(Number.isFinite));
}

function figures(walks: Walks, heightOf: (row: number) => number): CurveFigures {
  const area = ({ shares, rows }: Walk) => averageHeight(shares, rows.map(heightOf));
  const [aupc, random] = [area(walks.score), walks.random.map(area)];
  return {
    shares: [...walks.score.shares],
    heights: walks.score.rows.map((row) => known(heightOf(row))),
    aupc: known(aupc),
    random: { aupc: random.map(known) },
    reverse: { aupc: known(area(walks.reverse)) },
    gain: known(aupc - meanKnown(random)),
  };
}

/** Heights of deletion: drops from the whole call. Of insertion: rises from the call with nothing left. */
export function heights(design: CheckDesign, values: ArrayLike<number>) {
  const at = (row: number) => values[row] ?? NaN;
  return { drop: (row: number) => at(design.full) - at(row), rise: (row: number) => at(row) - at(design.empty) };
}

/** What rounding alone can make of values of this size. */
function rounding(design: CheckDesign, values: ArrayLike<number>): number {
  return 1e-9 * Math.max(...[design.full, design.empty].map((row) => Math.abs(values[row] ?? 0)));
}

/** The figures of a design whose masks had these values (NaN = missing; nothing is filled in for it). */
export function checkReport(design: CheckDesign, values: ArrayLike<number>): CheckReport {
  const { drop, rise } = heights(design, values);
  const whole = drop(design.empty);
  // of a value that nothing lowers there are no shares
  const total = whole > rounding(design, values) ? whole : NaN;
  const rationale = (found: Rationale | null, heightOf: (row: number) => number): RationaleFigures | null =>
    found && { units: [...found.units], size: found.size, value: known(values[found.row] ?? NaN), share: known(heightOf(found.row) / total) };
  return {
    n: design.n,
    full: known(values[design.full] ?? NaN),
    empty: known(values[design.empty] ?? NaN),
    deletion: design.deletion && figures(design.deletion, drop),
    insertion: design.insertion && figures(design.insertion, rise),
    topK: design.topK && design.topK.map(({ k, row, random }) => ({ k, drop: known(drop(row)), random: known(meanKnown(random.map(drop))) })),
    sufficiency: rationale(design.sufficiency, rise),
    necessity: rationale(design.necessity, drop),
    needed: design.masks.length,
    missing: design.masks.filter((_, row) => !Number.isFinite(values[row] ?? NaN)).length,
  };
}
