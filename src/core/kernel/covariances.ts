import { advance, both, type Code, copy, F64, four, I32, type Program, real, repeatWhile, set, V128, when, whole } from './assembly.ts';

/*
 * Sums of products of features that are ±½ by counting (coins.ts). `words` has a bit for each row and feature, `held` words one
 * after the other, `size` features to each. Matrices are size × size, row after row, and what is `known` of them, `old` × `old`,
 * is copied. Four numbers at once: up to three more are written, at the end of a row into the next, which comes later.
 */

const PLACES = { words: I32, held: I32, size: I32, known: I32, old: I32 } as const;
const USES = { i: I32, column: I32, end: I32, word: I32, others: I32, own: I32, left: I32, counted: V128 } as const;
type Locals = Record<keyof typeof PLACES | keyof typeof USES | 'out', Code>;

const bytes = (count: Code, each: number): Code => whole.times(count, whole.of(each));

/**
 * For each feature i, with `before` done, and each four others: what comes of `start` and of the words in which they differ is
 * `counted`, with which `then` is done. Entries of `out` are `bytesEach` wide.
 */
function rows(local: Locals, bytesEach: number, before: Code, start: Code, combine: (sum: Code, ones: Code) => Code, then: Code): Code {
  const { words, held, size, known, old, out, i, column, end, word, others, own, left, counted } = local;
  return [
    ...repeatWhile([
      ...set(column, whole.of(0)),
      ...when(whole.less(i, old), [
        ...copy(out, known, bytes(old, bytesEach)),
        ...set(known, whole.plus(known, bytes(old, bytesEach))),
        ...set(column, old),
      ]),
      ...set(end, whole.plus(out, bytes(size, bytesEach))),
      ...set(out, whole.plus(out, bytes(column, bytesEach))),
      ...set(word, whole.plus(words, bytes(column, 4))),
      ...before,
      ...when(whole.less(column, size), repeatWhile([
        ...set(counted, start),
        ...set(others, word), ...set(own, whole.plus(words, bytes(i, 4))), ...set(left, held),
        ...when(left, repeatWhile([
          ...set(counted, combine(counted, four.ones(four.differing(four.load(others), four.of(own))))),
          ...set(others, whole.plus(others, bytes(size, 4))), ...set(own, whole.plus(own, bytes(size, 4))), ...advance(left, -1),
        ], left)),
        ...then,
        ...advance(out, 4 * bytesEach), ...advance(word, 16),
      ], whole.less(out, end))),
      ...set(out, end),
      ...advance(i, 1),
    ], whole.less(i, size)),
  ];
}

/** Puts to `out` in how many rows each two features differ. */
export type CountDiffering = (words: number, held: number, size: number, known: number, old: number, out: number) => void;

export function addCountDiffering(program: Program) {
  return program.add('countDiffering', { ...PLACES, out: I32 }, { ...USES, none: V128 }, (local) =>
    rows(local, 4, [], local.none, four.plus, four.store(local.out, local.counted)));
}

/**
 * Puts to `out` the covariances over `rows` rows, without those whose words are given: (rows − 2·differing)/4/rows − the
 * product of their means, of which `differing` counts over all rows.
 */
export type Covary = (words: number, held: number, size: number, known: number, old: number, out: number, differing: number, means: number, rows: number) => void;

export function addCovary(program: Program) {
  const uses = { ...USES, counts: I32, others: I32, other: I32, all: V128, two: V128, quarter: V128, ofOwn: V128 };
  return program.add('covary', { ...PLACES, out: I32, differing: I32, means: I32, rows: F64 }, uses, (local) => {
    const { i, column, size, out, counted, differing, means, counts, other, all, two, quarter, ofOwn } = local;
    const entries = (values: Code, offset: number): Code => both.store(out, both.minus(
      both.over(both.times(both.minus(all, both.times(two, four.real(values))), quarter), all),
      both.times(ofOwn, both.load(other, offset)),
    ), offset);
    const before = [
      ...set(ofOwn, both.of(real.load(whole.plus(means, bytes(i, 8))))),
      ...set(other, whole.plus(means, bytes(column, 8))),
      ...set(counts, whole.plus(differing, bytes(whole.plus(whole.times(i, size), column), 4))),
    ];
    const then = [...entries(counted, 0), ...entries(four.later(counted), 16), ...advance(counts, 16), ...advance(other, 32)];
    return [
      ...set(all, both.of(local.rows)), ...set(two, both.of(real.of(2))), ...set(quarter, both.of(real.of(0.25))),
      ...rows(local, 8, before, four.load(counts), four.minus, then),
    ];
  });
}
