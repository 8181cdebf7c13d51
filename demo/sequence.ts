import type { ModelConfig } from './model-files.ts';

/** How many leading ids two sequences share. */
export function sharedPrefix(a: ArrayLike<number>, aLength: number, b: ArrayLike<number>, bLength: number): number {
  const most = Math.min(aLength, bLength);
  let i = 0;
  while (i < most && a[i] === b[i]) i++;
  return i;
}

/**
 * What the network remembers of a token sequence: keys and values of every layer, the last hidden state of every
 * position and, where it was once asked, how probable the token that follows there was.
 *
 * Invariant: all arrays are valid for positions below `length`; nextRank[i] > 0 only while ids[i + 1] is the token that
 * nextRank[i] and nextLogprob[i] speak of.
 */
export class Sequence {
  length = 0;
  readonly ids: Int32Array;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  readonly hidden: Float32Array;
  readonly nextLogprob: Float64Array;
  /** 1 = most probable; 0 = never asked. */
  readonly nextRank: Int32Array;
  readonly #config: ModelConfig;

  constructor(config: ModelConfig, capacity: number) {
    this.#config = config;
    const rows = (): Float32Array => new Float32Array(capacity * config.width);
    this.ids = new Int32Array(capacity);
    this.keys = Array.from({ length: config.layers }, rows);
    this.values = Array.from({ length: config.layers }, rows);
    this.hidden = rows();
    this.nextLogprob = new Float64Array(capacity);
    this.nextRank = new Int32Array(capacity);
  }

  /** Memory of one position, in bytes. */
  static bytesPerToken(config: ModelConfig): number {
    return 4 * config.width * (2 * config.layers + 1) + 16;
  }

  /** Keeps the first `length` positions. */
  truncate(length: number): void {
    this.length = length;
    if (length > 0) this.nextRank[length - 1] = 0;
  }

  /** Becomes the first `length` positions of another sequence. */
  copyFrom(other: Sequence, length: number): void {
    const floats = length * this.#config.width;
    this.ids.set(other.ids.subarray(0, length));
    for (const [layer, keys] of this.keys.entries()) keys.set(other.keys[layer]!.subarray(0, floats));
    for (const [layer, values] of this.values.entries()) values.set(other.values[layer]!.subarray(0, floats));
    this.hidden.set(other.hidden.subarray(0, floats));
    this.nextLogprob.set(other.nextLogprob.subarray(0, length));
    this.nextRank.set(other.nextRank.subarray(0, length));
    this.truncate(length);
  }

  /** A copy that takes no more memory than its length needs. */
  snapshot(): Sequence {
    const copy = new Sequence(this.#config, this.length);
    copy.copyFrom(this, this.length);
    return copy;
  }
}
