import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Moments } from './moments.ts';

/** A column that varies less than this (population variance) is constant, and its coefficient stays 0. */
const CONSTANT = 1e-12;
const MAX_SWEEPS = 10_000;
/** Sweeps over the coefficients in play after which their linear system is tried. */
const PATIENCE = 20;
/** Steps of a path: each α is this share of the one before, down to that share of the largest. */
const STEP = 0.7;
const DEEP = 1e-4;

/** What each feature still covaries with the residual of the coefficients `w`. */
export function residualPull({ gram, pull }: Moments, w: Float64Array): Float64Array {
  const left = pull.slice();
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) takeOff(left, gram, j, w[j] as number);
  return left;
}

/** Brings `left` up to date after coefficient j grew by `step`. */
export function takeOff(left: Float64Array, gram: Float64Array, j: number, step: number): void {
  const from = j * left.length;
  for (let k = 0; k < left.length; k++) left[k] = (left[k] as number) - (gram[from + k] as number) * step;
}

/** Whether feature j varies at all. */
export function varies({ gram, means }: Moments, j: number): boolean {
  return (gram[j * means.length + j] as number) > CONSTANT;
}

/**
 * The lasso by coordinate descent with covariance updates (Friedman, Hastie and Tibshirani 2010, section 2.2):
 * minimises (1/2N)‖y − Xw‖² + α‖w‖₁ over centred columns. Starts from `w`, changes it in place and gives it back.
 * Ends when no coefficient moves the fit by more than `tolerance` times the largest pull.
 */
export function descend(data: Moments, alpha: number, w: Float64Array, tolerance = 1e-7): Float64Array {
  const { gram, pull } = data;
  const size = w.length;
  const features = [...w.keys()].filter((j) => varies(data, j));
  const left = residualPull(data, w);
  const enough = tolerance * pull.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let active: number[] | null = null;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let moved = 0;
    for (const j of active ?? features) {
      const own = gram[j * size + j] as number;
      const old = w[j] as number;
      const reach = (left[j] as number) + own * old;
      const fresh = Math.abs(reach) <= alpha ? 0 : (reach - Math.sign(reach) * alpha) / own;
      if (fresh === old) continue;
      w[j] = fresh;
      takeOff(left, gram, j, fresh - old);
      moved = Math.max(moved, own * Math.abs(fresh - old));
    }
    const settled = moved <= enough;
    if (settled && active === null) return w;
    // The coefficients in play are settled first; then every feature is asked again.
    active = settled ? null : (active ?? features.filter((j) => w[j] !== 0));
    if (active !== null && sweep % PATIENCE === PATIENCE - 1 && solveSigned(data, alpha, w, active)) {
      left.set(residualPull(data, w));
      active = null;
    }
  }
  return w;
}

/**
 * The lasso over the non-zero coefficients among `active`, whose signs are taken as known: one linear system, which
 * ends a descent that creeps along correlated columns. False, and w as it was, where the signs do not hold.
 */
function solveSigned({ gram, pull }: Moments, alpha: number, w: Float64Array, active: readonly number[]): boolean {
  const inPlay = active.filter((j) => w[j] !== 0);
  if (inPlay.length === 0) return false;
  const factor = new CholeskyDecomposition(new Matrix(inPlay.map((i) => inPlay.map((j) => gram[i * w.length + j] as number))));
  if (!factor.isPositiveDefinite()) return false;
  const aim = inPlay.map((j) => (pull[j] as number) - alpha * Math.sign(w[j] as number));
  const solved = factor.solve(Matrix.columnVector(aim)).to1DArray();
  if (solved.some((value, at) => value * (w[inPlay[at] as number] as number) <= 0)) return false;
  inPlay.forEach((j, at) => (w[j] = solved[at] as number));
  return true;
}

/** The lasso at one α, approached from the α that lets nothing in: far fewer sweeps than a cold start at a small α. */
export function descendPath(data: Moments, alpha: number, tolerance?: number): Float64Array {
  const w = new Float64Array(data.means.length);
  const most = data.pull.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let next = most * STEP; next > alpha && next > most * DEEP; next *= STEP) descend(data, next, w, 1e-2);
  return descend(data, alpha, w, tolerance);
}
