import { type Code, F64, type Program, real, set, when, whole } from './assembly.ts';

/** ln 2 in two parts, of which the first times a whole number of up to 20 bits is exact. */
const [LN2_HIGH, LN2_LOW] = [6.93147180369123816490e-1, 1.90821492927058770002e-10];
/** r·(eʳ + 1)/(eʳ − 1) − 2 as a polynomial in r², without its constant, on |r| ≤ ln 2/2. */
const POLYNOMIAL = [1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.65339022054652515390e-6, 4.13813679705723846039e-8];
/** Between these sizes the way below is the whole of it; others are left to `Math.exp`. */
const [SMALL, LARGE] = [1.04, 700];

/** Locals for `exponential`, which leaves eˣ of its `x` in `power`. */
export const EXPONENTIAL = { x: F64, k: F64, high: F64, low: F64, r: F64, square: F64, bend: F64, power: F64 } as const;

/**
 * eˣ: x = k·ln 2 + r, then eʳ by a rational approximation (the algorithm and constants of fdlibm's e_exp.c, as engines have
 * them for `Math.exp`, of which it is the same number to the last bit). To call that from here costs more than all of this.
 */
export function exponential({ x, k, high, low, r, square, bend, power }: Record<keyof typeof EXPONENTIAL, Code>, others: ReturnType<Program['borrow']>): Code {
  const polynomial = POLYNOMIAL.toReversed().map(real.of).reduce((sum, next) => real.plus(next, real.times(square, sum)));
  const [one, two] = [real.of(1), real.of(2)];
  return when(whole.and(real.more(real.size(x), real.of(SMALL)), real.more(real.of(LARGE), real.size(x))), [
    ...set(k, real.cut(real.plus(real.times(real.of(Math.LOG2E), x), real.signedAs(real.of(0.5), x)))),
    ...set(high, real.minus(x, real.times(k, real.of(LN2_HIGH)))),
    ...set(low, real.times(k, real.of(LN2_LOW))),
    ...set(r, real.minus(high, low)),
    ...set(square, real.times(r, r)),
    ...set(bend, real.minus(r, real.times(square, polynomial))),
    ...set(power, real.minus(one, real.minus(real.minus(low, real.over(real.times(r, bend), real.minus(two, bend))), high))),
    ...set(power, real.times(power, real.powerOfTwo(whole.from(k)))),
  ], set(power, others(x)));
}

/** eˣ by itself. */
export function addExp(program: Program, others: ReturnType<Program['borrow']>) {
  const { x, ...uses } = EXPONENTIAL;
  return program.add('exp', { x }, uses, (local) => [...exponential(local, others), ...local.power], [F64]);
}
