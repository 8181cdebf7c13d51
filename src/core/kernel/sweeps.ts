import { advance, type Code, F64, I32, type Program, real, repeatWhile, set, when, whole } from './assembly.ts';
import { EXPONENTIAL, exponential } from './exponential.ts';
import { byFours, FOURS } from './gathering.ts';

type Call = (...values: readonly Code[]) => Code;

const ONE = real.of(1);
const NONE = real.of(0);

/**
 * Up to `most` sweeps of coordinate descent for the lasso (`Descent`), until none moves the fit by more than `enough`: each
 * coefficient of `w`, up to the address `last`, whose feature varies by more than `constant` (its variance is in `owns`),
 * beside the others. Gives how many it took, 0 when the last of them still moved it more.
 * `left` to `end` is what the features covary with the residual, `gram` their covariances, `stride` numbers to a row.
 */
export type Descend = (w: number, last: number, owns: number, left: number, end: number, gram: number, stride: number, alpha: number, constant: number, enough: number, most: number) => number;

export function addDescend(program: Program, takeOne: Call) {
  const takes = { w: I32, last: I32, owns: I32, left: I32, end: I32, gram: I32, stride: I32, alpha: F64, constant: F64, enough: F64, most: I32 };
  return program.add('descend', takes, { pointer: I32, variance: I32, at: I32, row: I32, bytes: I32, sweeps: I32, own: F64, old: F64, reach: F64, fresh: F64, moved: F64 }, (local) => {
    const { w, last, owns, left, end, gram, stride, alpha, constant, enough, most, pointer, variance, at, row, bytes, sweeps, own, old, reach, fresh, moved } = local;
    return [
      ...set(bytes, whole.times(stride, whole.of(8))),
      ...repeatWhile([
        ...set(pointer, w), ...set(variance, owns), ...set(at, left), ...set(row, gram), ...set(moved, NONE),
        ...repeatWhile([
          ...set(own, real.load(variance)),
          ...when(real.more(own, constant), [
            ...set(old, real.load(pointer)),
            ...set(reach, real.plus(real.load(at), real.times(own, old))),
            ...set(fresh, NONE),
            ...when(real.atMost(real.size(reach), alpha), [], set(fresh, real.over(real.minus(reach, real.signedAs(alpha, reach)), own))),
            ...when(real.equal(fresh, old), [], [
              ...real.store(pointer, fresh),
              ...takeOne(left, row, end, real.minus(fresh, old)),
              ...set(moved, real.larger(moved, real.times(own, real.size(real.minus(fresh, old))))),
            ]),
          ]),
          ...[pointer, variance, at].flatMap((place) => advance(place, 8)), ...set(row, whole.plus(row, bytes)),
        ], whole.less(pointer, last)),
        ...advance(sweeps, 1),
      ], whole.and(real.more(moved, enough), whole.less(sweeps, most))),
      ...whole.times(sweeps, real.atMost(moved, enough)),
    ];
  }, [I32]);
}

/** Numbers that say what follows from a feature's variance: it, that of the coefficient times the rows, twice it, it, and the log odds at no effect. */
export const KIND_SIZE = 5;
const [OWN, SCALE, TWICE, VARIANCE, CHANCE] = [0, 8, 16, 24, 32];

/**
 * A sweep of coordinate ascent for sparse Bayesian regression (`slab`): `features` up to `last` are places in bytes within
 * `left`, `weights` and `inclusion`, `kinds` the address of what each one's variance says. Four numbers are put to `sums`:
 * the largest step and, over the features, the sums of inclusion, of second moments and of uncertain variance.
 */
export type Ascend = (features: number, last: number, kinds: number, weights: number, inclusion: number, left: number, end: number, gram: number, stride: number, sums: number, noise: number, least: number) => void;

export function addAscend(program: Program, takeOne: Call, takeFour: Call, exp: ReturnType<Program['borrow']>) {
  const takes = { features: I32, last: I32, kinds: I32, weights: I32, inclusion: I32, left: I32, end: I32, gram: I32, stride: I32, sums: I32, noise: F64, least: F64 };
  const uses = {
    ...FOURS, ...EXPONENTIAL, place: I32, kind: I32,
    own: F64, old: F64, reach: F64, mean: F64, probability: F64, fresh: F64, spread: F64, moved: F64, included: F64, second: F64, uncertain: F64,
  };
  return program.add('ascend', takes, uses, (local) => {
    const { features, last, kinds, weights, inclusion, left, gram, stride, sums, noise, least } = local;
    const { place, kind, row, own, old, reach, mean, probability, fresh, step, spread, moved, included, second, uncertain } = local;
    const fours = byFours(local, takeOne, takeFour);
    const add = (sum: Code, value: Code): Code => set(sum, real.plus(sum, value));
    return [
      ...repeatWhile([
        ...set(place, whole.load(features)), ...set(kind, whole.load(kinds)),
        ...set(own, real.load(kind, OWN)),
        ...set(old, real.load(whole.plus(weights, place))),
        ...set(reach, real.load(whole.plus(left, place))),
        ...fours.each((from, by) => set(reach, real.minus(reach, real.times(real.load(whole.plus(from, place)), by)))),
        ...set(mean, real.over(real.times(real.load(kind, SCALE), real.plus(reach, real.times(own, old))), noise)),
        // Of the odds that it is not 0, upside down.
        ...set(local.x, real.negative(real.plus(real.load(kind, CHANCE), real.over(real.times(mean, mean), real.load(kind, TWICE))))),
        ...exponential(local, exp),
        ...set(probability, real.over(ONE, real.plus(ONE, local.power))),
        ...set(fresh, real.times(probability, mean)),
        ...set(step, real.minus(fresh, old)),
        ...when(real.more(real.size(step), least), [
          ...real.store(whole.plus(weights, place), fresh),
          ...set(moved, real.larger(moved, real.size(step))),
          ...set(row, whole.plus(gram, whole.times(place, stride))),
          ...fours.take,
        ]),
        ...real.store(whole.plus(inclusion, place), probability),
        ...add(included, probability),
        ...set(spread, real.times(probability, real.plus(real.load(kind, VARIANCE), real.times(mean, mean)))),
        ...add(second, spread),
        ...add(uncertain, real.times(own, real.minus(spread, real.times(fresh, fresh)))),
        ...advance(features, 4), ...advance(kinds, 4),
      ], whole.less(features, last)),
      ...fours.rest,
      ...[moved, included, second, uncertain].flatMap((sum, at) => real.store(sums, sum, 8 * at)),
    ];
  });
}
