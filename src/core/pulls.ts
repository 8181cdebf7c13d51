import { heap, heaped, take } from './kernel/heap.ts';
import { remain, takeFour } from './kernel/index.ts';
import type { Moments } from './moments.ts';

/** Steps that are gathered before all features hear of them. */
const GATHERED = 4;

export interface Place {
  left: number;
  end: number;
  gram: number;
  stride: number;
  /** Of all features while no coefficient is there; 0 where that is elsewhere. */
  pull: number;
}

/**
 * What each feature covaries with the residual of a sparse fit, while coefficients move (the covariance updates of
 * Friedman, Hastie and Tibshirani 2010, section 2.2). A step costs a pass over all features, which is where fits spend
 * their time; four steps in one pass take half of it, and a quarter of that on the heap (`onHeap`). Each feature still
 * takes its steps one by one, in their order, so that the numbers are to the last bit those of a pass for each step.
 */
export class Pulls {
  readonly #pull: Float64Array;
  /** Holds the covariances row after row, `stride` apart, and what is left, from these places on. */
  readonly #numbers: Float64Array;
  readonly #gram: number;
  readonly #stride: number;
  readonly #left: number;
  readonly #all: Float64Array;
  readonly #place: Place | null;
  /** Where the rows of the features that stepped begin, and their steps. */
  readonly #rows = new Int32Array(GATHERED);
  readonly #steps = new Float64Array(GATHERED);
  #gathered = 0;

  /** While all coefficients are 0. */
  constructor({ gram, pull }: Pick<Moments, 'gram' | 'pull'>) {
    const size = pull.length;
    // Two numbers are taken at once: a row of an odd number ends with a 0.
    const stride = size + (size % 2);
    const even = gram.buffer === heap.buffer && stride === size;
    const place = take(even ? stride : stride * (size + 1));
    const there = even && place !== null;
    this.#pull = pull;
    this.#stride = stride;
    this.#numbers = place === null ? new Float64Array(stride * (size + 1)) : heap;
    this.#left = place ?? 0;
    this.#gram = there ? gram.byteOffset / 8 : this.#left + stride;
    const numbers = this.#numbers;
    if (!there && stride === size) numbers.set(gram, this.#gram);
    else if (!there) {
      for (let i = 0, to = this.#gram, from = 0; i < size; i++, to++) {
        for (let j = 0; j < size; j++, to++, from++) numbers[to] = gram[from] as number;
        numbers[to] = 0;
      }
    }
    numbers[this.#left + stride - 1] = 0;
    numbers.set(pull, this.#left);
    this.#all = numbers.subarray(this.#left, this.#left + size);
    this.#place = place === null ? null : { left: 8 * place, end: 8 * (place + stride), gram: 8 * this.#gram, stride, pull: heaped(pull) ? pull.byteOffset : 0 };
  }

  /** Of the coefficients `w`, worked out from nothing. */
  set(w: Float64Array): void {
    const place = this.#place;
    if (place?.pull && heaped(w)) {
      this.#gathered = 0;
      remain(place.left, place.end, place.pull, place.gram, place.stride, w.byteOffset, w.byteOffset + w.byteLength);
      return;
    }
    this.#numbers.set(this.#pull, this.#left);
    this.#gathered = 0;
    for (let j = 0; j < w.length; j++) if (w[j] !== 0) this.step(j, w[j] as number);
  }

  /** What feature j covaries with the residual. */
  of(j: number): number {
    const [numbers, rows, steps] = [this.#numbers, this.#rows, this.#steps];
    let own = numbers[this.#left + j] as number;
    for (let at = 0; at < this.#gathered; at++) own -= (numbers[(rows[at] as number) + j] as number) * (steps[at] as number);
    return own;
  }

  /** Coefficient j grew by `by`. */
  step(j: number, by: number): void {
    this.#rows[this.#gathered] = this.#gram + j * this.#stride;
    this.#steps[this.#gathered] = by;
    this.#gathered += 1;
    if (this.#gathered === GATHERED) this.#takeFour();
  }

  /** Those of all features, until the next step. */
  all(): Float64Array {
    const numbers = this.#numbers;
    const end = this.#left + this.#pull.length;
    for (let at = 0; at < this.#gathered; at++) {
      const step = this.#steps[at] as number;
      for (let k = this.#left, from = this.#rows[at] as number; k < end; k++, from++) numbers[k] = (numbers[k] as number) - (numbers[from] as number) * step;
    }
    this.#gathered = 0;
    return this.#all;
  }

  /** Where all of it is on the heap, for the loops there: addresses in bytes, numbers to a row. Until the next step. */
  place(): Place | null {
    this.all();
    return this.#place;
  }

  #takeFour(): void {
    const [rows, steps, left, numbers] = [this.#rows, this.#steps, this.#left, this.#numbers];
    let [a, b, c, d] = [rows[0] as number, rows[1] as number, rows[2] as number, rows[3] as number];
    const [stepA, stepB, stepC, stepD] = [steps[0] as number, steps[1] as number, steps[2] as number, steps[3] as number];
    this.#gathered = 0;
    if (numbers === heap) {
      takeFour(8 * left, 8 * a, 8 * b, 8 * c, 8 * d, 8 * (left + this.#stride), stepA, stepB, stepC, stepD);
      return;
    }
    const end = left + this.#pull.length;
    for (let k = left; k < end; k++, a++, b++, c++, d++) {
      const [fourth, third, second, first] = [numbers[d] as number, numbers[c] as number, numbers[b] as number, numbers[a] as number];
      numbers[k] = (numbers[k] as number) - first * stepA - second * stepB - third * stepC - fourth * stepD;
    }
  }
}
