import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { heaped, onHeap, room, wholeRoom } from './kernel/heap.ts';
import { descend, pick } from './kernel/index.ts';
import type { Moments } from './moments.ts';
import { type Place, Pulls } from './pulls.ts';

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

/** The features that vary at all. */
export function varying(data: Moments): number[] {
  const features: number[] = [];
  for (let j = 0; j < data.variances.length; j++) if ((data.variances[j] as number) > CONSTANT) features.push(j);
  return features;
}

/**
 * The lasso by coordinate descent with covariance updates (Friedman, Hastie and Tibshirani 2010, section 2.2):
 * minimises (1/2N)‖y − Xw‖² + α‖w‖₁ over centred columns.
 */
export class Descent {
  readonly #data: Moments;
  readonly #pulls: Pulls;
  readonly #features: Int32Array;
  /** The coefficients while they move. */
  readonly #w: Float64Array;
  readonly #owns: Float64Array;
  readonly #quick: boolean;
  readonly #most: number;

  constructor(data: Moments) {
    this.#data = data;
    this.#pulls = new Pulls(data);
    this.#features = Int32Array.from(varying(data));
    this.#w = room(data.means.length);
    this.#owns = room(data.means.length);
    this.#owns.set(data.variances);
    this.#quick = heaped(this.#w, this.#owns);
    this.#most = largest(data.pull);
  }

  /**
   * Starts from `w`, changes it in place and gives it back. Ends when no coefficient moves the fit by more than
   * `tolerance` times the largest pull.
   */
  to(alpha: number, w: Float64Array, tolerance = 1e-7): Float64Array {
    this.#w.set(w);
    this.#settle(alpha, this.#w, tolerance * this.#most);
    w.set(this.#w);
    return w;
  }

  #settle(alpha: number, w: Float64Array, enough: number): void {
    this.#pulls.set(w);
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      if (this.#sweep(alpha, w, enough)) return;
      // The coefficients in play are settled first; then every feature is asked again.
      onHeap(() => {
        const active = new ActiveSet(this.#data, this.#pulls.all(), w);
        const most = Math.min(PATIENCE - (sweep % PATIENCE), MAX_SWEEPS - sweep) - 1;
        const taken = active.settle(alpha, enough, most);
        active.into(w);
        sweep += taken ?? most;
        if (taken === null && sweep + 1 < MAX_SWEEPS) stepSigned(this.#data, alpha, w);
      });
      this.#pulls.set(w);
    }
  }

  /** Sets each coefficient in turn to its optimum beside the others; whether none of them moved the fit by more than `enough`. */
  #sweep(alpha: number, w: Float64Array, enough: number): boolean {
    const place = this.#pulls.place();
    const [features, pulls, owns] = [this.#features, this.#pulls, this.#owns];
    if (place && this.#quick) return descendAt(place, w, owns, alpha, enough, 1) === 1;
    let moved = 0;
    for (let at = 0; at < features.length; at++) {
      const j = features[at] as number;
      const own = owns[j] as number;
      const old = w[j] as number;
      const fresh = optimum(pulls.of(j) + own * old, own, alpha);
      if (fresh === old) continue;
      w[j] = fresh;
      pulls.step(j, fresh - old);
      moved = Math.max(moved, own * Math.abs(fresh - old));
    }
    return moved <= enough;
  }
}

function descendAt({ left, end, gram, stride }: Omit<Place, 'pull'>, w: Float64Array, owns: Float64Array, alpha: number, enough: number, most: number): number {
  return descend(w.byteOffset, w.byteOffset + w.byteLength, owns.byteOffset, left, end, gram, stride, alpha, CONSTANT, enough, most);
}

/** The coefficients in play by themselves: while they are settled, nobody looks at what the others covary with. */
class ActiveSet {
  readonly #features: Int32Array;
  readonly #w: Float64Array;
  readonly #owns: Float64Array;
  readonly #quick: boolean;
  /** Covariances among them, row after row, an even number to each, and what each covaries with the residual. */
  readonly #gram: Float64Array;
  readonly #stride: number;
  readonly #left: Float64Array;

  constructor({ gram, variances }: Moments, left: Float64Array, w: Float64Array) {
    const features = inPlay(w);
    const count = features.length;
    const stride = count + (count % 2);
    this.#features = wholeRoom(count);
    this.#features.set(features);
    this.#stride = stride;
    [this.#w, this.#owns, this.#left, this.#gram] = [room(count), room(count), room(count), room(count * stride)];
    this.#quick = count > 0 && heaped(this.#w, this.#owns, this.#left, this.#gram);
    const quick = this.#quick && heaped(gram, this.#features);
    if (quick) pick(gram.byteOffset, w.length, this.#features.byteOffset, this.#features.byteOffset + 4 * count, this.#gram.byteOffset, stride);
    for (let i = 0; i < count; i++) {
      const from = (features[i] as number) * w.length;
      this.#w[i] = w[features[i] as number] as number;
      this.#owns[i] = variances[features[i] as number] as number;
      this.#left[i] = left[features[i] as number] as number;
      if (stride > count) this.#gram[i * stride + count] = 0;
      if (quick) continue;
      for (let j = 0, to = i * stride; j < count; j++, to++) this.#gram[to] = gram[from + (features[j] as number)] as number;
    }
  }

  /** Puts them where all coefficients are. */
  into(w: Float64Array): void {
    for (let at = 0; at < this.#features.length; at++) w[this.#features[at] as number] = this.#w[at] as number;
  }

  /** Sweeps as `Descent` does them, with these alone, `most` of them; how many it took, null where these do not suffice. */
  settle(alpha: number, enough: number, most: number): number | null {
    if (this.#quick && most > 0) {
      const [left, gram, stride] = [this.#left.byteOffset, this.#gram.byteOffset, this.#stride];
      return descendAt({ left, end: left + 8 * stride, gram, stride }, this.#w, this.#owns, alpha, enough, most) || null;
    }
    for (let sweep = 1; sweep <= most; sweep++) if (this.#sweep(alpha) <= enough) return sweep;
    return null;
  }

  #sweep(alpha: number): number {
    const [w, owns, gram, left, stride] = [this.#w, this.#owns, this.#gram, this.#left, this.#stride];
    const count = w.length;
    let moved = 0;
    for (let at = 0, row = 0; at < count; at++, row += stride) {
      const own = owns[at] as number;
      const old = w[at] as number;
      const fresh = optimum((left[at] as number) + own * old, own, alpha);
      if (fresh === old) continue;
      w[at] = fresh;
      const step = fresh - old;
      for (let k = 0; k < count; k++) left[k] = (left[k] as number) - (gram[row + k] as number) * step;
      moved = Math.max(moved, own * Math.abs(step));
    }
    return moved;
  }
}

/** The best value of a coefficient whose feature varies by `own` and covaries by `reach` with what all others leave. */
function optimum(reach: number, own: number, alpha: number): number {
  return Math.abs(reach) <= alpha ? 0 : (reach - Math.sign(reach) * alpha) / own;
}

/** The features that have a coefficient. */
function inPlay(w: Float64Array): number[] {
  const features: number[] = [];
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) features.push(j);
  return features;
}

/**
 * Moves the coefficients in play towards the optimum that goes with their signs, one linear system, as far as the signs
 * hold: the first that meets 0 stays there. Never a step up, and the end of a descent that creeps along correlated
 * columns (the feature-sign step of Lee, Battle, Raina and Ng 2006).
 */
function stepSigned({ gram, pull }: Moments, alpha: number, w: Float64Array): void {
  const features = inPlay(w);
  if (features.length === 0) return;
  // A trace on the diagonal serves where there are more columns in play than the rows can tell apart.
  const system = new Matrix(features.map((i) => features.map((j) => (gram[i * w.length + j] as number) * (i === j ? 1 + RIDGE : 1))));
  const factor = new CholeskyDecomposition(system);
  if (!factor.isPositiveDefinite()) return;
  const aim = features.map((j) => (pull[j] as number) - alpha * Math.sign(w[j] as number));
  const solved = factor.solve(Matrix.columnVector(aim)).to1DArray();
  const share = features.map((j, at) => {
    const from = w[j] as number;
    const to = solved[at] as number;
    return from * to > 0 ? 1 : from / (from - to);
  });
  const reach = Math.min(...share);
  features.forEach((j, at) => {
    w[j] = share[at] === reach && reach < 1 ? 0 : (w[j] as number) + reach * ((solved[at] as number) - (w[j] as number));
  });
}

/** The lasso at one α, approached from the α that lets nothing in: far fewer sweeps than a cold start at a small α. */
export function descendPath(data: Moments, alpha: number, tolerance?: number): Float64Array {
  const w = new Float64Array(data.means.length);
  const most = largest(data.pull);
  return onHeap(() => {
    const descent = new Descent(data);
    for (let next = most * STEP; next > alpha && next > most * DEEP; next *= STEP) descent.to(next, w, 1e-2);
    return descent.to(alpha, w, tolerance);
  });
}

function largest(pull: Float64Array): number {
  return pull.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
