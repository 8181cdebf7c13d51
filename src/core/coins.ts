import { heaped, room, wholeRoom } from './kernel/heap.ts';
import { countDiffering, covary } from './kernel/index.ts';
import { takePlainly, takeRows } from './kernel/taking.ts';
import { diagonal, type Moments } from './moments.ts';

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
  /** Whether all of it is on the heap. */
  quick: boolean;
}

/** @param known of the same rows and the first features, where that is there already */
export function countCoins(x: readonly Float64Array[], known?: CoinCounts): CoinCounts {
  const size = x[0]?.length ?? 0;
  const old = known?.heads.length ?? 0;
  const [words, heads] = [pack(x, [...x.keys()]), new Int32Array(size)];
  for (let i = 0; i < size; i++) for (const word of words) heads[i] = (heads[i] as number) + ones(word[i] as number);
  // Up to three numbers more are written there.
  const all = wholeRoom(size * size + 3);
  const differing = new Int32Array(all.buffer, all.byteOffset, size * size);
  const packed = joined(words, size);
  const before = known?.differing ?? differing;
  if (heaped(differing, packed, before)) {
    countDiffering(packed.byteOffset, words.length, size, before.byteOffset, old, differing.byteOffset);
    return { x, heads, differing, quick: heaped(...x) };
  }
  for (let i = 0; i < old; i++) differing.set(before.subarray(i * old, (i + 1) * old), i * size);
  for (let i = 0; i < size; i++) {
    for (const word of words) {
      const own = word[i] as number;
      for (let j = i < old ? old : 0, to = i * size + j; j < size; j++, to++) {
        differing[to] = (differing[to] as number) + ones(own ^ (word[j] as number));
      }
    }
  }
  return { x, heads, differing, quick: false };
}

/** Words one after the other; as many as may be read of them are there. */
function joined(words: readonly Int32Array[], size: number): Int32Array {
  const packed = wholeRoom(words.length * size + 3);
  words.forEach((word, at) => packed.set(word, at * size));
  return packed;
}

/**
 * `moments` of the rows that were counted, but for those at `held`; on the heap where there is room.
 * @param known of the same rows and the first features, where that is there already
 */
export function coinMoments(counted: CoinCounts, y: ArrayLike<number>, held: readonly number[] = [], known?: Moments): Moments {
  const { x, heads } = counted;
  const [size, rows] = [heads.length, x.length - held.length];
  const words = pack(x, held);
  const means = room(size);
  for (let i = 0; i < size; i++) {
    let count = heads[i] as number;
    for (const word of words) count -= ones(word[i] as number);
    means[i] = (count - rows / 2) / rows;
  }
  // Up to three numbers more are written.
  const all = room(size * size + 3);
  const gram = new Float64Array(all.buffer, all.byteOffset, size * size);
  covariances(gram, counted, words, { rows, means, old: known?.means.length ?? 0, known: known?.gram });
  const { centre, pull, power } = withValues(counted, y, held, means, known?.pull);
  return { rows, means, gram, variances: diagonal(gram, room(size)), centre, pull, power };
}

interface Known {
  rows: number;
  means: Float64Array;
  /** The covariances of the first `old` features. */
  old: number;
  known: Float64Array | undefined;
}

function covariances(gram: Float64Array, { differing, quick }: CoinCounts, words: readonly Int32Array[], { rows, means, old, known }: Known): void {
  const size = means.length;
  const packed = joined(words, size);
  const before = known ?? gram;
  if (quick && heaped(gram, means, packed, before)) {
    covary(packed.byteOffset, words.length, size, before.byteOffset, old, gram.byteOffset, differing.byteOffset, means.byteOffset, rows);
    return;
  }
  // The mean product of two features, by the number of rows in which they differ.
  const products = Float64Array.from({ length: rows + 1 }, (_, count) => (rows - 2 * count) / 4 / rows);
  const counts = new Int32Array(size);
  for (let i = 0, row = 0; i < size; i++, row += size) {
    if (i < old) gram.set(before.subarray(i * old, (i + 1) * old), row);
    const from = i < old ? old : 0;
    counts.set(differing.subarray(row, row + size));
    for (const word of words) lessDiffering(counts, word, i, from);
    for (let j = from, to = row + j; j < size; j++, to++) gram[to] = products[counts[j] as number] as number;
    lessMeans(gram, row, means, i, from);
  }
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
function withValues({ x, quick }: CoinCounts, y: ArrayLike<number>, held: readonly number[], means: Float64Array, known: Float64Array = new Float64Array(0)) {
  const [size, old, rows] = [means.length, known.length, x.length - held.length];
  const out = new Set(held);
  const kept = x.flatMap((row, at) => (out.has(at) ? [] : [{ row, seen: y[at] as number }]));
  const pull = room(size).fill(0);
  let [sum, squares] = [0, 0];
  for (const { seen } of kept) {
    sum += seen;
    squares += seen * seen;
  }
  const take = quick && heaped(pull) ? takeRows : takePlainly;
  take(pull, kept.map(({ row }) => row), kept.map(({ seen }) => -seen));
  const centre = sum / rows;
  for (let i = old; i < size; i++) pull[i] = (pull[i] as number) / rows - (means[i] as number) * centre;
  pull.set(known);
  return { centre, pull, power: Math.max(0, squares / rows - centre * centre) };
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
