import { advance, both, type Code, F64, I32, type Program, repeatWhile, set, V128, when, whole } from './assembly.ts';

/** Offsets, in bytes, of what is done in one turn: to count and to compare takes as long as to take off. */
const UNROLLED = [0, 16, 32, 48];

/** left[k] −= a[k]·stepA, then b, c and d, for all k; addresses and `end`, that of left's end, are in bytes. */
export type TakeFour = (left: number, a: number, b: number, c: number, d: number, end: number, stepA: number, stepB: number, stepC: number, stepD: number) => void;

export function addTakeFour(program: Program) {
  return program.add('takeFour', { left: I32, a: I32, b: I32, c: I32, d: I32, end: I32, stepA: F64, stepB: F64, stepC: F64, stepD: F64 }, { byA: V128, byB: V128, byC: V128, byD: V128 }, (local) => {
    const { left, end, a, b, c, d, byA, byB, byC, byD } = local;
    return [
      ...set(byA, both.of(local.stepA)), ...set(byB, both.of(local.stepB)), ...set(byC, both.of(local.stepC)), ...set(byD, both.of(local.stepD)),
      ...along(left, end, [a, b, c, d], (offset) => {
        const less = (from: Code, row: Code, by: Code): Code => both.minus(from, both.times(both.load(row, offset), by));
        return both.store(left, less(less(less(less(both.load(left, offset), a, byA), b, byB), c, byC), d, byD), offset);
      }),
    ];
  });
}

/** Does `each` with two numbers after the other, up to the address `end`; so many in one turn as make it worth while. */
function along(left: Code, end: Code, others: readonly Code[], each: (offset: number) => Code): Code {
  const on = (bytes: number): Code => [left, ...others].flatMap((place) => advance(place, bytes));
  const turn = UNROLLED.at(-1) as number + 16;
  const enough = whole.less(whole.plus(left, whole.of(turn - 1)), end);
  return [
    ...when(enough, repeatWhile([...UNROLLED.flatMap(each), ...on(turn)], enough)),
    ...when(whole.less(left, end), repeatWhile([...each(0), ...on(16)], whole.less(left, end))),
  ];
}

/** left[k] −= row[k]·step for all k. */
export type TakeOne = (left: number, row: number, end: number, step: number) => void;

export function addTakeOne(program: Program) {
  return program.add('takeOne', { left: I32, row: I32, end: I32, step: F64 }, { by: V128 }, ({ left, row, end, step, by }) => [
    ...set(by, both.of(step)),
    ...along(left, end, [row], (offset) => both.store(left, both.minus(both.load(left, offset), both.times(both.load(row, offset), by)), offset)),
  ]);
}

/** row[k] /= scale, and what is left of a feature's pull and variance beside it: nextPull = pull − row·share, nextOwn = own − row². */
export type Lift = (row: number, pull: number, own: number, nextPull: number, nextOwn: number, end: number, scale: number, share: number) => void;

export function addLift(program: Program) {
  const places = { row: I32, pull: I32, own: I32, nextPull: I32, nextOwn: I32 };
  return program.add('lift', { ...places, end: I32, scale: F64, share: F64 }, { by: V128, part: V128, value: V128 }, (local) => {
    const { row, pull, own, nextPull, nextOwn, end, scale, share, by, part, value } = local;
    return [
      ...set(by, both.of(scale)), ...set(part, both.of(share)),
      ...repeatWhile([
        ...set(value, both.over(both.load(row), by)),
        ...both.store(row, value),
        ...both.store(nextPull, both.minus(both.load(pull), both.times(value, part))),
        ...both.store(nextOwn, both.minus(both.load(own), both.times(value, value))),
        ...[row, pull, own, nextPull, nextOwn].flatMap((place) => advance(place, 16)),
      ], whole.less(row, end)),
    ];
  });
}
