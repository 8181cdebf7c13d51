import type { Moments } from './moments.ts';

/*
 * Features that are ±½ in every row, as masks and products of two of them are: a product of two is ±¼, so a sum of
 * products over up to 32 rows is a count of the rows in which the two differ. That is exact, and many times faster than
 * multiplying. A cross-validation of `auto` has ten such matrices for each of its models.
 */

const WORD = 32;

/** Whether x ([row][feature]) holds nothing but ±½. */
export function areCoins(x: readonly Float64Array[]): boolean {
  return x.every((row) => row.every((value) => value === 0.5 || value === -0.5));
}

/**
 * `moments` of the rows at `at`.
 * @param known of the same rows and the first features, where that is there already
 */
export function coinMoments(x: readonly Float64Array[], y: ArrayLike<number>, at: readonly number[], known?: Moments): Moments {
  const size = x[0]?.length ?? 0;
  const rows = at.length;
  const [means, pull] = [new Float64Array(size), new Float64Array(size)];
  let [sum, squares] = [0, 0];
  for (const row of at) {
    const [values, seen] = [x[row] as Float64Array, y[row] as number];
    sum += seen;
    squares += seen * seen;
    for (let i = 0; i < size; i++) {
      means[i] = (means[i] as number) + (values[i] as number);
      pull[i] = (pull[i] as number) + (values[i] as number) * seen;
    }
  }
  const centre = sum / rows;
  for (let i = 0; i < size; i++) {
    means[i] = (means[i] as number) / rows;
    pull[i] = (pull[i] as number) / rows - (means[i] as number) * centre;
  }
  const gram = new Float64Array(size * size);
  const old = known?.means.length ?? 0;
  for (let i = 0; i < old; i++) gram.set((known as Moments).gram.subarray(i * old, (i + 1) * old), i * size);
  const words = pack(x, at);
  for (let i = old; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (rows - 2 * differing(words, i, j)) / 4 / rows - (means[i] as number) * (means[j] as number);
      gram[i * size + j] = value;
      gram[j * size + i] = value;
    }
  }
  return { rows, means, gram, centre, pull, power: Math.max(0, squares / rows - centre * centre) };
}

/** A bit for each row and feature, set where it is ½: [32 rows][feature]. */
function pack(x: readonly Float64Array[], at: readonly number[]): Int32Array[] {
  const words: Int32Array[] = [];
  at.forEach((row, turn) => {
    const values = x[row] as Float64Array;
    if (turn % WORD === 0) words.push(new Int32Array(values.length));
    const word = words.at(-1) as Int32Array;
    const bit = 1 << turn % WORD;
    for (let j = 0; j < values.length; j++) if ((values[j] as number) > 0) word[j] = (word[j] as number) | bit;
  });
  return words;
}

/** Rows in which features i and j differ. */
function differing(words: readonly Int32Array[], i: number, j: number): number {
  let count = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Int32Array;
    // Bits that are set, of 32.
    let bits = (word[i] as number) ^ (word[j] as number);
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
