import { F64, I32, type Program, real, set, when, whole } from './assembly.ts';

/** ln 2 in two parts, of which the first times a whole number of up to 20 bits is exact. */
const [LN2_HIGH, LN2_LOW] = [6.93147180369123816490e-1, 1.90821492927058770002e-10];
/** r·(eʳ + 1)/(eʳ − 1) − 2 as a polynomial in r², without its constant, on |r| ≤ ln 2/2. */
const POLYNOMIAL = [1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.65339022054652515390e-6, 4.13813679705723846039e-8];
/** Between these sizes the way below is the whole of it; others are left to `Math.exp`. */
const [SMALL, LARGE] = [1.04, 700];

/**
 * eˣ: x = k·ln 2 + r, then eʳ by a rational approximation (the algorithm and constants of fdlibm's e_exp.c, as engines have
 * them for `Math.exp`, of which it is the same number to the last bit). To call that from here costs more than all of this.
 */
export function addExp(program: Program, others: ReturnType<Program['borrow']>) {
  return program.add('exp', { x: F64 }, { k: F64, high: F64, low: F64, r: F64, square: F64, c: F64, value: F64, bits: I32 }, (local) => {
    const { x, k, high, low, r, square, c, value, bits } = local;
    const polynomial = POLYNOMIAL.toReversed().map(real.of).reduce((sum, next) => real.plus(next, real.times(square, sum)));
    const [one, two] = [real.of(1), real.of(2)];
    const eitherSide = real.more(real.of(LARGE), real.size(x));
    return [
      ...set(value, one),
      ...when(real.more(real.size(x), real.of(SMALL)), set(bits, eitherSide)),
      ...when(bits, [
        ...set(k, real.cut(real.plus(real.times(real.of(Math.LOG2E), x), real.signedAs(real.of(0.5), x)))),
        ...set(high, real.minus(x, real.times(k, real.of(LN2_HIGH)))),
        ...set(low, real.times(k, real.of(LN2_LOW))),
        ...set(r, real.minus(high, low)),
        ...set(square, real.times(r, r)),
        ...set(c, real.minus(r, real.times(square, polynomial))),
        ...set(value, real.minus(one, real.minus(real.minus(low, real.over(real.times(r, c), real.minus(two, c))), high))),
        ...set(value, real.times(value, real.powerOfTwo(whole.from(k)))),
      ], set(value, others(x))),
      ...value,
    ];
  }, [F64]);
}
