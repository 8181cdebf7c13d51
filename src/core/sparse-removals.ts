import { larsLasso } from './lars.ts';
import { leastSquares } from './linear.ts';
import { mean } from './statistics.ts';
import type { Attribution, Values } from './types.ts';
import { columnOf } from './vectors.ts';

/**
 * C-LIME with few units: centres with unweighted means, multiplies the rows by √weight, follows the lasso path for
 * `steps` steps and, when debiasing, fits the chosen units again by weighted least squares. `removed` is [row][unit]
 * with 1 = taken away. methods.md section 2.
 */
export function sparseRemovals(
  removed: readonly Float64Array[], values: Values, columns: number, weights: readonly number[], steps: number, debias: boolean,
): Attribution[] {
  const units = removed[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, column): Attribution => {
    const seen = columnOf(values, column);
    const rows = [...seen.keys()].filter((row) => !Number.isNaN(seen[row]));
    const x = rows.map((row) => removed[row] as Float64Array);
    const means = Float64Array.from({ length: units }, (_unit, i) => mean(x.map((row) => row[i] as number)));
    const roots = rows.map((row) => Math.sqrt(weights[row] as number));
    const y = Float64Array.from(rows, (row) => seen[row] as number);
    const centre = mean(y);
    const features = Array.from(means, (shift, i) =>
      Float64Array.from(x, (row, at) => (roots[at] as number) * ((row[i] as number) - shift)));
    let coefficients = larsLasso(features, y.map((value, at) => (roots[at] as number) * (value - centre)), steps);
    let intercept = centre - coefficients.reduce((sum, value, i) => sum + value * (means[i] as number), 0);
    if (debias) {
      const support = [...coefficients.keys()].filter((i) => coefficients[i] !== 0);
      const narrow = x.map((row) => support.map((i) => row[i] as number));
      const target = Array.from(y, (value) => Float64Array.of(value));
      const [again] = leastSquares(narrow, target, 1, rows.map((row) => weights[row] as number));
      coefficients = new Float64Array(units);
      support.forEach((i, at) => (coefficients[i] = again?.coefficients[at] as number));
      intercept = again?.intercept as number;
    }
    const scores = coefficients.map((value) => 0 - value);
    for (let i = 0; i < units; i++) if (unseen(removed, i) !== unseen(x, i)) scores[i] = Number.NaN;
    return { scores, intercept };
  });
}

/** Whether a unit is the same in every row, so that the rows say nothing of it. */
function unseen(rows: readonly Float64Array[], unit: number): boolean {
  return rows.every((row) => row[unit] === rows[0]?.[unit]);
}
