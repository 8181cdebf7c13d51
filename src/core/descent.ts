import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Moments } from './moments.ts';

/** A column that varies less than this (population variance) is constant, and its coefficient stays 0. */
const CONSTANT = 1e-12;
const MAX_SWEEPS = 10_000;
/** Sweeps over the coefficients in play after which their linear system is tried. */
const PATIENCE = 20;
/** Share added to the diagonal of that system. */
const RIDGE = 1e-10;
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

/** The features that vary at all. */
export function varying(data: Moments): number[] {
  const features: number[] = [];
  for (let j = 0; j < data.means.length; j++) if (varies(data, j)) features.push(j);
  return features;
}

/** Whether feature j varies at all. */
function varies({ gram, means }: Moments, j: number): boolean {
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
  const features = varying(data);
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
      // While the coefficients in play are settled, nobody looks at what the others covary with.
      if (active === null) takeOff(left, gram, j, fresh - old);
      else for (const k of active) left[k] = (left[k] as number) - (gram[j * size + k] as number) * (fresh - old);
      moved = Math.max(moved, own * Math.abs(fresh - old));
    }
    const settled = moved <= enough;
    if (settled && active === null) return w;
    // The coefficients in play are settled first; then every feature is asked again.
    const narrow = active !== null;
    active = settled ? null : (active ?? features.filter((j) => w[j] !== 0));
    const creeping = active !== null && sweep % PATIENCE === PATIENCE - 1;
    if (creeping) {
      stepSigned(data, alpha, w);
      active = null;
    }
    if (active === null && (narrow || creeping)) left.set(residualPull(data, w));
  }
  return w;
}

/**
 * Moves the coefficients in play towards the optimum that goes with their signs, one linear system, as far as the signs
 * hold: the first that meets 0 stays there. Never a step up, and the end of a descent that creeps along correlated
 * columns (the feature-sign step of Lee, Battle, Raina and Ng 2006).
 */
function stepSigned({ gram, pull }: Moments, alpha: number, w: Float64Array): void {
  const inPlay = [...w.keys()].filter((j) => w[j] !== 0);
  if (inPlay.length === 0) return;
  // A trace on the diagonal serves where there are more columns in play than the rows can tell apart.
  const system = new Matrix(inPlay.map((i) => inPlay.map((j) => (gram[i * w.length + j] as number) * (i === j ? 1 + RIDGE : 1))));
  const factor = new CholeskyDecomposition(system);
  if (!factor.isPositiveDefinite()) return;
  const aim = inPlay.map((j) => (pull[j] as number) - alpha * Math.sign(w[j] as number));
  const solved = factor.solve(Matrix.columnVector(aim)).to1DArray();
  const share = inPlay.map((j, at) => {
    const from = w[j] as number;
    const to = solved[at] as number;
    return from * to > 0 ? 1 : from / (from - to);
  });
  const reach = Math.min(...share);
  inPlay.forEach((j, at) => {
    w[j] = share[at] === reach && reach < 1 ? 0 : (w[j] as number) + reach * ((solved[at] as number) - (w[j] as number));
  });
}

/** The lasso at one α, approached from the α that lets nothing in: far fewer sweeps than a cold start at a small α. */
export function descendPath(data: Moments, alpha: number, tolerance?: number): Float64Array {
  const w = new Float64Array(data.means.length);
  const most = data.pull.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let next = most * STEP; next > alpha && next > most * DEEP; next *= STEP) descend(data, next, w, 1e-2);
  return descend(data, alpha, w, tolerance);
}
