import { advance, type Code, copy, F64, I32, type Program, real, repeatWhile, set, when, whole } from './assembly.ts';

type Call = (...values: readonly Code[]) => Code;

/**
 * Steps whose rows are taken off four at a time: `take` keeps one, and takes it and those before it off `left`, to `end`,
 * when they are four; `rest` takes off what is kept. `uses` are the locals for it.
 */
export const FOURS = { gathered: I32, row: I32, step: F64, a: I32, b: I32, c: I32, stepA: F64, stepB: F64, stepC: F64 } as const;
export type Fours = Record<keyof typeof FOURS | 'left' | 'end', Code>;

export function byFours({ gathered, row, step, a, b, c, stepA, stepB, stepC, left, end }: Fours, takeOne: Call, takeFour: Call) {
  const moreThan = (count: number): Code => whole.more(gathered, whole.of(count));
  const keep = (into: Code, by: Code): Code => [...set(into, row), ...set(by, step), ...advance(gathered, 1)];
  /** With each that is kept, the oldest first. */
  const each = (then: (from: Code, by: Code) => Code): Code =>
    when(moreThan(0), [...then(a, stepA), ...when(moreThan(1), [...then(b, stepB), ...when(moreThan(2), then(c, stepC))])]);
  return {
    each,
    take: when(moreThan(2), [...takeFour(left, a, b, c, row, end, stepA, stepB, stepC, step), ...set(gathered, whole.of(0))],
      when(moreThan(1), keep(c, stepC), when(moreThan(0), keep(b, stepB), keep(a, stepA)))),
    rest: each((from, by) => takeOne(left, from, end, by)),
  };
}

/** Puts `pull` less the rows of `gram`, `stride` numbers to each, times the coefficients `w`, up to the address `last`, to `left`. */
export type Remain = (left: number, end: number, pull: number, gram: number, stride: number, w: number, last: number) => void;

export function addRemain(program: Program, takeOne: Call, takeFour: Call) {
  return program.add('remain', { left: I32, end: I32, pull: I32, gram: I32, stride: I32, w: I32, last: I32 }, FOURS, (local) => {
    const { left, pull, gram, stride, w, last, row, step } = local;
    const fours = byFours(local, takeOne, takeFour);
    return [
      ...copy(left, pull, whole.minus(last, w)),
      ...set(row, gram),
      ...repeatWhile([
        ...set(step, real.load(w)),
        ...when(real.equal(step, real.of(0)), [], fours.take),
        ...advance(w, 8), ...set(row, whole.plus(row, whole.times(stride, whole.of(8)))),
      ], whole.less(w, last)),
      ...fours.rest,
    ];
  });
}

/** Puts the entries of `matrix`, `width` numbers to a row, whose row and column are among `places`, up to `last`, to `out`, `stride` numbers to a row. */
export type Pick = (matrix: number, width: number, places: number, last: number, out: number, stride: number) => void;

export function addPick(program: Program) {
  return program.add('pick', { matrix: I32, width: I32, places: I32, last: I32, out: I32, stride: I32 }, { i: I32, j: I32, row: I32, to: I32 }, (local) => {
    const { matrix, width, places, last, out, stride, i, j, row, to } = local;
    const bytes = (numbers: Code): Code => whole.times(numbers, whole.of(8));
    return [
      ...set(i, places),
      ...repeatWhile([
        ...set(row, whole.plus(matrix, bytes(whole.times(whole.load(i), width)))),
        ...set(j, places), ...set(to, out),
        ...repeatWhile([
          ...real.store(to, real.load(whole.plus(row, bytes(whole.load(j))))),
          ...advance(j, 4), ...advance(to, 8),
        ], whole.less(j, last)),
        ...advance(i, 4), ...set(out, whole.plus(out, bytes(stride))),
      ], whole.less(i, last)),
    ];
  });
}
