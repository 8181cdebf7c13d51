import { groupsOf } from '../shapley/groups.ts';

/** Up to so many units there is nothing to gain from groups: each is tried often enough by itself. */
const FINE = 64;
/** Fewer groups than this, or groups hardly larger than a unit, tell nothing. */
const LEAST_GROUPS = 9;
const LEAST_SIZE = 2;

/** Units of one group, ascending. */
export type Kin = readonly number[];

/** The groups of two or more units whose effects may be alike; none where units are few or groups save nothing. */
export function kinOf(n: number, parents: Int32Array | undefined): Kin[] {
  if (n <= FINE || !parents) return [];
  const groups = groupsOf(n, parents);
  if (groups.length < LEAST_GROUPS || n < LEAST_SIZE * groups.length) return [];
  return groups.filter((units) => units.length > 1);
}

/**
 * Rows ([row][feature], units first) with a column for every group behind them: the sum of its units' columns over the
 * square root of their number, which varies as much as a unit does. Its coefficient is an effect that the group shares.
 */
export function withKin(rows: readonly Float64Array[], kin: readonly Kin[]): Float64Array[] {
  return rows.map((row) => {
    const wide = new Float64Array(row.length + kin.length);
    wide.set(row);
    kin.forEach((units, at) => (wide[row.length + at] = units.reduce((sum, unit) => sum + (row[unit] as number), 0) / Math.sqrt(units.length)));
    return wide;
  });
}

/** Coefficients of such columns as those of the rows without groups: the same prediction. */
export function foldKin(coefficients: Float64Array, kin: readonly Kin[]): Float64Array {
  const width = coefficients.length - kin.length;
  const own = coefficients.slice(0, width);
  kin.forEach((units, at) => {
    const share = (coefficients[width + at] as number) / Math.sqrt(units.length);
    for (const unit of units) own[unit] = (own[unit] as number) + share;
  });
  return own;
}
