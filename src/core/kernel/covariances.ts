import { advance, both, type Code, F64, four, I32, type Program, real, repeatWhile, set, V128, when, whole } from './assembly.ts';

/**
 * Covariances of one feature that is ±½ with others, `gram` to `end`: (rows − 2·differing)/4/rows − mean·their means.
 * `counts` says in how many rows each differs from it; rows that are held back, as bits in `words` (`own`: its own, and a
 * further word of each `stride` bytes on), are taken off that. Four at once: up to three more.
 */
export type Covary = (counts: number, means: number, gram: number, end: number, words: number, own: number, held: number, stride: number, rows: number, mean: number) => void;

export function addCovary(program: Program) {
  const takes = { counts: I32, means: I32, gram: I32, end: I32, words: I32, own: I32, held: I32, stride: I32, rows: F64, mean: F64 };
  const uses = { at: I32, mine: I32, left: I32, differing: V128, all: V128, two: V128, quarter: V128, ofOwn: V128 };
  return program.add('covary', takes, uses, (local) => {
    const { counts, means, gram, end, words, own, held, stride, rows, mean, at, mine, left, differing, all, two, quarter, ofOwn } = local;
    const on = (pointer: typeof at) => set(pointer, whole.plus(pointer, stride));
    const entries = (counted: Code, offset: number): Code => both.store(gram, both.minus(
      both.over(both.times(both.minus(all, both.times(two, four.real(counted))), quarter), all),
      both.times(ofOwn, both.load(means, offset)),
    ), offset);
    return [
      ...set(all, both.of(rows)), ...set(ofOwn, both.of(mean)),
      ...set(two, both.of(real.of(2))), ...set(quarter, both.of(real.of(0.25))),
      ...repeatWhile([
        ...set(differing, four.load(counts)),
        ...set(at, words), ...set(mine, own), ...set(left, held),
        ...when(left, repeatWhile([
          ...set(differing, four.minus(differing, four.ones(four.differing(four.load(at), four.of(mine))))),
          ...on(at), ...on(mine), ...advance(left, -1),
        ], left)),
        ...entries(differing, 0), ...entries(four.later(differing), 16),
        ...advance(counts, 16), ...advance(means, 32), ...advance(gram, 32), ...advance(words, 16),
      ], whole.less(gram, end)),
    ];
  });
}
