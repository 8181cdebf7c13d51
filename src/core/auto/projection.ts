import type { Moments } from '../moments.ts';

/** Share of a feature's variance that must lie outside the features already in for it to be let in. */
const DEPENDENT = 1e-8;

/**
 * Least squares on a growing set of features, by the Cholesky factor L of their covariances: `lifted` holds the rows of
 * L⁻¹G, so that what every other feature could still explain is at hand, and one feature more costs one pass.
 */
export class Projection {
  readonly members: number[] = [];
  /** Variance of the values that the members do not explain. */
  left: number;
  /** What each feature covaries with the residual, and its own variance outside the members. */
  readonly pull: Float64Array;
  readonly own: Float64Array;
  readonly lifted: Float64Array[] = [];
  /** L⁻¹ times the members' covariances with the values. */
  readonly shares: number[] = [];
  readonly #data: Moments;

  constructor(data: Moments, members: Iterable<number> = []) {
    this.#data = data;
    this.left = data.power;
    this.pull = data.pull.slice();
    this.own = data.pull.map((_, j) => data.gram[j * data.pull.length + j] as number);
    for (const j of members) this.add(j);
  }

  /** Whether feature j varies beside the members. */
  free(j: number): boolean {
    const size = this.pull.length;
    return (this.own[j] as number) > DEPENDENT * (this.#data.gram[j * size + j] as number);
  }

  /** By how much `left` falls with feature j. */
  gain(j: number): number {
    return (this.pull[j] as number) ** 2 / (this.own[j] as number);
  }

  /** Lets in feature j, which must be free. */
  add(j: number): void {
    const size = this.pull.length;
    const scale = Math.sqrt(this.own[j] as number);
    const row = this.#data.gram.slice(j * size, (j + 1) * size);
    for (const past of this.lifted) {
      const factor = past[j] as number;
      for (let k = 0; k < size; k++) row[k] = (row[k] as number) - factor * (past[k] as number);
    }
    const share = (this.pull[j] as number) / scale;
    for (let k = 0; k < size; k++) {
      const value = (row[k] as number) / scale;
      row[k] = value;
      this.pull[k] = (this.pull[k] as number) - value * share;
      this.own[k] = (this.own[k] as number) - value * value;
    }
    this.lifted.push(row);
    this.shares.push(share);
    this.members.push(j);
    this.left = Math.max(0, this.left - share * share);
  }

  /** L⁻ᵀ·b: of the shares of the values, the members' coefficients; of those of a feature, its coefficients on them. */
  back(shares: ArrayLike<number>): Float64Array {
    const count = this.members.length;
    const solved = new Float64Array(count);
    for (let at = count - 1; at >= 0; at--) {
      let sum = shares[at] as number;
      for (let later = at + 1; later < count; later++) sum -= this.#entry(at, later) * (solved[later] as number);
      solved[at] = sum / this.#entry(at, at);
    }
    return solved;
  }

  /** Inverse of the members' covariances, in their order. */
  inverse(): Float64Array[] {
    const count = this.members.length;
    return this.members.map((_, at) => {
      // Column `at` of L⁻¹ by forward substitution.
      const column = new Float64Array(count);
      for (let i = at; i < count; i++) {
        let sum = i === at ? 1 : 0;
        for (let j = at; j < i; j++) sum -= this.#entry(j, i) * (column[j] as number);
        column[i] = sum / this.#entry(i, i);
      }
      return this.back(column);
    });
  }

  /** Lᵀ at row i and column j ≥ i. */
  #entry(i: number, j: number): number {
    return this.lifted[i]?.[this.members[j] as number] as number;
  }
}
