import { Matrix, solve } from 'ml-matrix';
import { addTo, dot } from './vectors.ts';

/** Columns whose part outside the active ones is below this share of their length add nothing to them. */
const DEPENDENT = 1e-10;
/** Correlations below this share of the first are rounding: the residual is explained. */
const EXPLAINED = 1e-12;

/**
 * Coefficients of the lasso path after `steps` steps of least angle regression with drops (Efron, Hastie, Johnstone
 * and Tibshirani 2004, sections 2 and 3.1), as scikit-learn's `lars_path(method="lasso", max_iter=steps)` counts them:
 * a step lets one column in or one out. `columns` are [feature][row] and used as they are, without intercept.
 */
export function larsLasso(columns: readonly Float64Array[], y: Float64Array, steps: number): Float64Array {
  const w = new Float64Array(columns.length);
  const active: number[] = [];
  const barred = new Set<number>();
  const residual = y.slice();
  let dropped = -1;
  let first = 0;
  for (let step = 0; step < steps; ) {
    const pulls = columns.map((column) => dot(column, residual));
    const idle = columns.map((_, j) => j).filter((j) => !active.includes(j) && !barred.has(j));
    const most = Math.max(0, ...[...idle, ...active].map((j) => Math.abs(pulls[j] as number)));
    first = Math.max(first, most);
    if (most <= EXPLAINED * first) break;
    if (dropped < 0) {
      if (idle.length === 0) break;
      const next = idle.reduce((best, j) => (Math.abs(pulls[j] as number) > Math.abs(pulls[best] as number) ? j : best));
      if (dependent(columns, active, next)) {
        barred.add(next);
        continue;
      }
      active.push(next);
    }
    step++;
    const signs = active.map((j) => Math.sign(pulls[j] as number));
    const direction = equiangular(columns, active, signs);
    const slopes = columns.map((column) => dot(column, direction.fit));
    // How far the active correlations may fall (from `most`, by 1 per unit) before an idle column has the same.
    let reach = most;
    for (const j of columns.keys()) {
      if (active.includes(j) || barred.has(j)) continue;
      for (const side of [1, -1]) {
        // What was just dropped has the full correlation still, and loses it from here on.
        if (j === dropped && side === Math.sign(pulls[j] as number)) continue;
        const meet = (most - side * (pulls[j] as number)) / (1 - side * (slopes[j] as number));
        if (meet >= -EXPLAINED * most && meet < reach) reach = Math.max(0, meet);
      }
    }
    // A coefficient that would change its sign on the way leaves the path where it is 0.
    let leaver = -1;
    active.forEach((j, at) => {
      const zero = -(w[j] as number) / (direction.weights[at] as number);
      if (zero > EXPLAINED * most && zero < reach) {
        reach = zero;
        leaver = at;
      }
    });
    active.forEach((j, at) => (w[j] = (w[j] as number) + reach * (direction.weights[at] as number)));
    addTo(residual, direction.fit, -reach);
    dropped = leaver < 0 ? -1 : (active.splice(leaver, 1)[0] as number);
    if (dropped >= 0) w[dropped] = 0;
  }
  return w;
}

/** Weights of the active columns whose fit correlates with each of them by its sign, and that fit. */
function equiangular(
  columns: readonly Float64Array[],
  active: readonly number[],
  signs: readonly number[],
): { weights: number[]; fit: Float64Array } {
  const gram = new Matrix(active.map((i) => active.map((j) => dot(columns[i] as Float64Array, columns[j] as Float64Array))));
  const weights = solve(gram, Matrix.columnVector(signs)).to1DArray();
  const fit = new Float64Array(columns[0]?.length ?? 0);
  active.forEach((j, at) => addTo(fit, columns[j] as Float64Array, weights[at] as number));
  return { weights, fit };
}

/** Whether column `next` is a combination of the active ones, up to rounding. */
function dependent(columns: readonly Float64Array[], active: readonly number[], next: number): boolean {
  const column = columns[next] as Float64Array;
  const length = dot(column, column);
  if (length === 0) return true;
  if (active.length === 0) return false;
  const shared = active.map((i) => dot(columns[i] as Float64Array, column));
  const gram = new Matrix(active.map((i) => active.map((j) => dot(columns[i] as Float64Array, columns[j] as Float64Array))));
  const explained = dot(shared, solve(gram, Matrix.columnVector(shared)).to1DArray());
  return length - explained <= DEPENDENT * length;
}
