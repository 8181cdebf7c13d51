import type { Moments } from './moments.ts';

/*
 * Features that are ±½ in every row, as masks and products of two of them are: a product of two is ±¼, so a sum of
 * products over up to 32 rows is a count of the rows in which the two differ. That is exact, and many times faster than
 * multiplying. What some rows leave is a subtraction of counts, so the folds of a cross-validation, of which `auto` has
 * ten for each of its models, count all rows once and those that they keep back.
 */

const WORD = 32;

/** Whether x ([row][feature]) holds nothing but ±½. */
export function areCoins(x: readonly Float64Array[]): boolean {
  for (const row of x) {
    for (let j = 0; j < row.length; j++) if (row[j] !== 0.5 && row[j] !== -0.5) return false;
  }
  return true;
}

/** Rows of ±½, counted: in how many each feature is ½, and each two differ. */
export interface CoinCounts {
  x: readonly Float64Array[];
  heads: Int32Array;
  /** Features × features. */
  differing: Int32Array;
}

/** @param known of the same rows and the first features, where that is there already */
export function countCoins(x: readonly Float64Array[], known?: CoinCounts): CoinCounts {
  const size = x[0]?.length ?? 0;
  const old = known?.heads.length ?? 0;
  const differing = new Int32Array(size * size);
  for (let i = 0; i < old; i++) differing.set((known as CoinCounts).differing.subarray(i * old, (i + 1) * old), i * size);
  const [words, heads] = [pack(x, [...x.keys()]), new Int32Array(size)];
  for (let i = 0; i < size; i++) {
    for (const word of words) {
      const own = word[i] as number;
      heads[i] = (heads[i] as number) + ones(own);
      for (let j = i < old ? old : 0, to = i * size + j; j < size; j++, to++) {
        differing[to] = (differing[to] as number) + ones(own ^ (word[j] as number));
      }
    }
  }
  return { x, heads, differing };
}

/**
 * `moments` of the rows that were counted, but for those at `held`.
 * @param known of the same rows and the first features, where that is there already
 * @param gram  where the covariances are put
 */
export function coinMoments({ x, heads, differing }: CoinCounts, y: ArrayLike<number>, held: readonly number[] = [], known?: Moments, gram: Float64Array = new Float64Array(heads.length ** 2)): Moments {
  const [size, rows, old] = [heads.length, x.length - held.length, known?.means.length ?? 0];
  const words = pack(x, held);
  const means = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let count = heads[i] as number;
    for (const word of words) count -= ones(word[i] as number);
    means[i] = (count - rows / 2) / rows;
  }
  for (let i = 0; i < old; i++) gram.set((known as Moments).gram.subarray(i * old, (i + 1) * old), i * size);
  // The mean product of two features, by the number of rows in which they differ.
  const products = Float64Array.from({ length: rows + 1 }, (_, count) => (rows - 2 * count) / 4 / rows);
  const counts = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const from = i < old ? old : 0;
    counts.set(differing.subarray(i * size, (i + 1) * size));
    for (const word of words) lessDiffering(counts, word, i, from);
    for (let j = from, to = i * size + j; j < size; j++, to++) gram[to] = products[counts[j] as number] as number;
    lessMeans(gram, i * size, means, i, from);
  }
  const { centre, pull, power } = withValues(x, y, held, means, known?.pull);
  return { rows, means, gram, centre, pull, power };
}

/** Takes the product of the means off row i of the mean products. */
function lessMeans(gram: Float64Array, row: number, means: Float64Array, i: number, from: number): void {
  const mean = means[i] as number;
  for (let j = from, to = row + from; j < means.length; j++, to++) gram[to] = (gram[to] as number) - mean * (means[j] as number);
}

/** Takes off, for each feature from `from` on, the rows of a word in which it differs from feature i. */
function lessDiffering(counts: Int32Array, word: Int32Array, i: number, from: number): void {
  const own = word[i] as number;
  for (let j = from; j < word.length; j++) counts[j] = (counts[j] as number) - ones(own ^ (word[j] as number));
}

/** What moments say of the values. */
function withValues(x: readonly Float64Array[], y: ArrayLike<number>, held: readonly number[], means: Float64Array, known: Float64Array = new Float64Array(0)) {
  const [size, old, rows] = [means.length, known.length, x.length - held.length];
  const kept = new Uint8Array(x.length).fill(1);
  for (const row of held) kept[row] = 0;
  const pull = new Float64Array(size);
  let [sum, squares] = [0, 0];
  for (let row = 0; row < x.length; row++) {
    if (kept[row] === 0) continue;
    const seen = y[row] as number;
    sum += seen;
    squares += seen * seen;
    addRow(pull, x[row] as Float64Array, seen, old);
  }
  const centre = sum / rows;
  for (let i = old; i < size; i++) pull[i] = (pull[i] as number) / rows - (means[i] as number) * centre;
  pull.set(known);
  return { centre, pull, power: Math.max(0, squares / rows - centre * centre) };
}

function addRow(sums: Float64Array, row: Float64Array, factor: number, from: number): void {
  for (let i = from; i < sums.length; i++) sums[i] = (sums[i] as number) + (row[i] as number) * factor;
}

/** A bit for each row and feature, set where it is ½: [32 rows][feature]. */
function pack(x: readonly Float64Array[], at: readonly number[]): Int32Array[] {
  const words: Int32Array[] = [];
  for (let turn = 0; turn < at.length; turn++) {
    const values = x[at[turn] as number] as Float64Array;
    if (turn % WORD === 0) words.push(new Int32Array(values.length));
    const word = words.at(-1) as Int32Array;
    const place = turn % WORD;
    for (let j = 0; j < values.length; j++) word[j] = (word[j] as number) | (((values[j] as number) + 0.5) << place);
  }
  return words;
}

/** Bits that are set, of 32. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
