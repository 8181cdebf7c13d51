import { heaped, room } from '../kernel/heap.ts';
import { lift } from '../kernel/index.ts';
import { takePlainly, takeRows } from '../kernel/taking.ts';
import type { Moments } from '../moments.ts';

/** Share of a feature's variance that must lie outside the features already in for it to be let in. */
const DEPENDENT = 1e-8;

/** What a set of features leaves. */
interface Left {
  left: number;
  pull: Float64Array;
  own: Float64Array;
}

/**
 * Least squares on a growing set of features, by the Cholesky factor L of their covariances: `lifted` holds the rows of
 * L⁻¹G, so that what every other feature could still explain is at hand, and one feature more costs one pass. On the heap
 * where there is room: what is to outlive that is `kept`.
 */
export class Projection implements Left {
  readonly members: number[] = [];
  readonly lifted: Float64Array[] = [];
  /** L⁻¹ times the members' covariances with the values. */
  readonly shares: number[] = [];
  /** Variance of the values that the members do not explain. */
  left: number;
  /** What each feature covaries with the residual, and its own variance outside the members. */
  pull: Float64Array;
  own: Float64Array;
  readonly #gram: Float64Array;
  readonly #variances: Float64Array;
  /** The same on no member, on the first, on the first two …: what begins with the same members goes on from there. */
  readonly #past: Left[];
  /** Whether all of it is on the heap. */
  #quick: boolean;

  /** On no feature yet. */
  static of({ gram, variances, pull, power }: Moments): Projection {
    const [ownPull, own] = [room(pull.length), room(pull.length)];
    ownPull.set(pull);
    own.set(variances);
    return new Projection(gram, own, [], { left: power, pull: ownPull, own }, heaped(ownPull, own));
  }

  private constructor(gram: Float64Array, variances: Float64Array, past: Left[], { left, pull, own }: Left, quick: boolean) {
    this.#gram = gram;
    this.#variances = variances;
    this.#past = past;
    this.left = left;
    this.pull = pull;
    this.own = own;
    this.#quick = quick;
  }

  /** Whether feature j varies beside the members. */
  free(j: number): boolean {
    return (this.own[j] as number) > DEPENDENT * (this.#variances[j] as number);
  }

  /** By how much `left` falls with feature j. */
  gain(j: number): number {
    const pull = this.pull[j] as number;
    return (pull * pull) / (this.own[j] as number);
  }

  /** The free feature that explains most beside the members, −1 when there is none. */
  best(except = -1): number {
    const [pull, own, variances] = [this.pull, this.own, this.#variances];
    let [best, most] = [-1, 0];
    for (let j = 0; j < pull.length; j++) {
      const gain = ((pull[j] as number) * (pull[j] as number)) / (own[j] as number);
      if (!(gain > most) || j === except || !((own[j] as number) > DEPENDENT * (variances[j] as number))) continue;
      best = j;
      most = gain;
    }
    return best;
  }

  /** Lets in feature j, which must be free. */
  add(j: number): this {
    const { left, pull, own } = this;
    const size = pull.length;
    const scale = Math.sqrt(own[j] as number);
    const [row, nextPull, nextOwn] = [room(size), room(size), room(size)];
    row.set(this.#gram.subarray(j * size, (j + 1) * size));
    const steps = this.lifted.map((past) => past[j] as number);
    this.#quick &&= heaped(row, nextPull, nextOwn);
    const share = (pull[j] as number) / scale;
    if (this.#quick) {
      takeRows(row, this.lifted, steps);
      lift(row.byteOffset, pull.byteOffset, own.byteOffset, nextPull.byteOffset, nextOwn.byteOffset, row.byteOffset + row.byteLength, scale, share);
    } else {
      takePlainly(row, this.lifted, steps);
      for (let k = 0; k < size; k++) {
        const value = (row[k] as number) / scale;
        row[k] = value;
        nextPull[k] = (pull[k] as number) - value * share;
        nextOwn[k] = (own[k] as number) - value * value;
      }
    }
    this.#past.push({ left, pull, own });
    this.lifted.push(row);
    this.shares.push(share);
    this.members.push(j);
    this.left = Math.max(0, left - share * share);
    this.pull = nextPull;
    this.own = nextOwn;
    return this;
  }

  /** Another one, on the first `count` members. */
  first(count: number): Projection {
    const other = new Projection(this.#gram, this.#variances, this.#past.slice(0, count), this.#past[count] ?? this, this.#quick);
    other.members.push(...this.members.slice(0, count));
    other.lifted.push(...this.lifted.slice(0, count));
    other.shares.push(...this.shares.slice(0, count));
    return other;
  }

  /** Another one, without the member at `at`. */
  without(at: number): Projection {
    const other = this.first(at);
    for (const j of this.members.slice(at + 1)) other.add(j);
    return other;
  }

  /** The same in memory of its own. */
  kept(): Projection {
    const all = ({ left, pull, own }: Left): Left => ({ left, pull: pull.slice(), own: own.slice() });
    const other = new Projection(this.#gram.slice(), this.#variances.slice(), this.#past.map(all), all(this), false);
    other.members.push(...this.members);
    other.lifted.push(...this.lifted.map((row) => row.slice()));
    other.shares.push(...this.shares);
    return other;
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
