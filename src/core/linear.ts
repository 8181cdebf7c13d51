import { makeSolver, type Row, type Solver } from './solver.ts';
import type { Values } from './types.ts';
import { dot } from './vectors.ts';

/** One column's linear fit: y ≈ intercept + Σ coefficients[i]·x[i]. */
export interface LinearFit {
  /** NaN where only dropped rows could have told the coefficient. */
  coefficients: Float64Array;
  intercept: number;
  /**
   * Standard error of each coefficient under equal, unrelated errors of the rows, estimated from the residuals; absent
   * when these leave no degree of freedom.
   */
  errors?: Float64Array;
  /** Degrees of freedom of `errors`. */
  freedom: number;
}

/** A feature counts as told by the rows when all but this share of it is. */
const TOLERANCE = 1e-6;

/**
 * Weighted least squares with intercept for each of `columns` columns of `values`, of minimum norm (the intercept not
 * counted) where the rows leave a choice. `x` is [row][feature], `weights` ≥ 0 per row, equal when absent.
 * Rows whose value is NaN are dropped for that column only, and make NaN no more than the coefficients that they alone
 * could have told.
 */
export function leastSquares(x: readonly Row[], values: Values, columns: number, weights?: ArrayLike<number>): LinearFit[] {
  const everything = x.map((_, row) => row);
  const solvers = new Map<string, Solver>();
  const solverOf = (rows: readonly number[]): Solver => {
    const name = rows.length === x.length ? 'all' : rows.join();
    const known = solvers.get(name);
    if (known) return known;
    const made = makeSolver(rows.map((row) => x[row] as Row), rows.map((row) => weights?.[row] ?? 1), x[0]?.length ?? 0);
    solvers.set(name, made);
    return made;
  };
  return Array.from({ length: columns }, (_, column) => {
    const usable = everything.filter((row) => !Number.isNaN(values[row]?.[column]));
    const solver = solverOf(usable);
    const fit = fitColumn(solver, Float64Array.from(usable, (row) => values[row]?.[column] as number));
    if (usable.length === x.length) return fit;
    const before = solverOf(everything).determined;
    fit.coefficients.forEach((_value, i) => {
      const lost = (before[i] as number) > 1 - TOLERANCE && (solver.determined[i] as number) < 1 - TOLERANCE;
      if (lost) fit.coefficients[i] = Number.NaN;
    });
    return fit;
  });
}

function fitColumn(solver: Solver, y: Float64Array): LinearFit {
  const { rows, centred, shares, means } = solver;
  const features = means.length;
  if (rows === 0) return { coefficients: means.map(() => Number.NaN), intercept: Number.NaN, freedom: 0 };
  if (y.every((value) => value === y[0])) {
    const nothing = new Float64Array(features);
    const fit = { coefficients: nothing, intercept: y[0] as number, freedom: solver.freedom };
    return solver.freedom < 0.5 ? fit : { ...fit, errors: nothing.slice() };
  }
  const centre = y.reduce((sum, value, row) => sum + (shares[row] as number) * value, 0);
  const moments = new Float64Array(features);
  for (let row = 0; row < rows; row++) {
    const pull = (shares[row] as number) * ((y[row] as number) - centre);
    for (let i = 0; i < features; i++) moments[i] = (moments[i] as number) + pull * centred.get(row, i);
  }
  const coefficients = Float64Array.from(means, (_, i) => dot(moments, solver.inverse.getRow(i)));
  const intercept = centre - dot(coefficients, means);
  if (solver.freedom < 0.5) return { coefficients, intercept, freedom: 0 };
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    let residual = (y[row] as number) - centre;
    for (let i = 0; i < features; i++) residual -= (coefficients[i] as number) * centred.get(row, i);
    squares += residual * residual;
  }
  // Residuals of the size of rounding are none: an exact fit has no error to report.
  const rounding = rows * (1e-13 * Math.max(...y.map(Math.abs))) ** 2;
  const noise = squares <= rounding ? 0 : squares / solver.freedom;
  return { coefficients, intercept, errors: solver.spread.map((spread) => Math.sqrt(noise * spread)), freedom: solver.freedom };
}
