import type { Moments } from './moments.ts';

/** Steps that are gathered before all features hear of them. */
const GATHERED = 4;

/**
 * What each feature covaries with the residual of a sparse fit, while coefficients move (the covariance updates of
 * Friedman, Hastie and Tibshirani 2010, section 2.2). A step costs a pass over all features, which is where fits spend
 * their time; four steps in one pass take half of it. Each feature still takes its steps one by one, in their order, so
 * that the numbers are to the last bit those of a pass for each step.
 */
export class Pulls {
  readonly #left: Float64Array;
  readonly #pull: Float64Array;
  readonly #rows: readonly Float64Array[];
  /** The covariances of the features that stepped, and their steps. */
  readonly #moved: Float64Array[] = Array.from({ length: GATHERED }, () => new Float64Array(0));
  readonly #steps = new Float64Array(GATHERED);
  #gathered = 0;

  /** While all coefficients are 0. */
  constructor({ gram, pull }: Pick<Moments, 'gram' | 'pull'>) {
    const size = pull.length;
    this.#pull = pull;
    this.#left = pull.slice();
    this.#rows = Array.from({ length: size }, (_, j) => gram.subarray(j * size, (j + 1) * size));
  }

  /** Of the coefficients `w`, worked out from nothing. */
  set(w: Float64Array): void {
    this.#left.set(this.#pull);
    this.#gathered = 0;
    for (let j = 0; j < w.length; j++) if (w[j] !== 0) this.step(j, w[j] as number);
  }

  /** What feature j covaries with the residual. */
  of(j: number): number {
    let own = this.#left[j] as number;
    for (let at = 0; at < this.#gathered; at++) own -= ((this.#moved[at] as Float64Array)[j] as number) * (this.#steps[at] as number);
    return own;
  }

  /** Coefficient j grew by `by`. */
  step(j: number, by: number): void {
    this.#moved[this.#gathered] = this.#rows[j] as Float64Array;
    this.#steps[this.#gathered] = by;
    this.#gathered += 1;
    if (this.#gathered === GATHERED) this.#takeFour();
  }

  /** Those of all features, until the next step. */
  all(): Float64Array {
    const left = this.#left;
    for (let at = 0; at < this.#gathered; at++) {
      const [row, step] = [this.#moved[at] as Float64Array, this.#steps[at] as number];
      for (let k = 0; k < left.length; k++) left[k] = (left[k] as number) - (row[k] as number) * step;
    }
    this.#gathered = 0;
    return left;
  }

  #takeFour(): void {
    const [left, steps, moved] = [this.#left, this.#steps, this.#moved];
    const [a, b, c, d] = [moved[0] as Float64Array, moved[1] as Float64Array, moved[2] as Float64Array, moved[3] as Float64Array];
    const [stepA, stepB, stepC, stepD] = [steps[0] as number, steps[1] as number, steps[2] as number, steps[3] as number];
    for (let k = 0; k < left.length; k++) {
      left[k] = (left[k] as number) - (a[k] as number) * stepA - (b[k] as number) * stepB - (c[k] as number) * stepC - (d[k] as number) * stepD;
    }
    this.#gathered = 0;
  }
}
