import { logGamma } from './gamma.ts';

/** A share of the variance that is left below this is none: what remains is rounding. */
const EXACT = 1e-10;
/** Hyperparameter of the prior on the size of coefficients, in the middle of what Maruyama and George recommend. */
const A = -0.75;

/** Log posterior odds of sets of `count` features against no features. */
export interface Odds {
  /** Of a set that leaves variance `left`. */
  of: (count: number, left: number) => number;
  /** The same, for many sets of one number. */
  among: (count: number) => (left: number) => number;
  /** The variance that a set with these odds leaves, ∞ where the odds do not fall with what is left. */
  leaving: (count: number, odds: number) => number;
}

/**
 * Linear regression with a normal prior on the coefficients whose variance is integrated out under a beta-prime prior,
 * which gives a closed form that, unlike a fixed g, prefers an exact fit without bounds (Maruyama and George 2011,
 * section 3; intercept and noise under the usual flat priors). All numbers of features are equally probable beforehand, and
 * all sets of one number, so that more features to choose from ask for more evidence (Scott and Berger 2010).
 * `variance` > 0 is that of the values over `rows` rows, `size` the features to choose from.
 */
export function makeOdds(rows: number, size: number, variance: number): Odds {
  const known: number[] = [];
  const constant = (count: number): number => {
    const choices = logGamma(size + 1) - logGamma(count + 1) - logGamma(size - count + 1);
    const prior = logGamma(count / 2 + 1 + A) + logGamma((rows - count - 1) / 2) - logGamma(A + 1) - logGamma((rows - 1) / 2);
    return prior - choices;
  };
  const fixed = (count: number): number => (known[count] ??= constant(count));
  const power = (count: number): number => (rows - count - 3) / 2 - A;
  return {
    of: (count, left) => fixed(count) - power(count) * Math.log(Math.max(EXACT, left / variance)),
    among: (count) => {
      const [own, steep] = [fixed(count), power(count)];
      return (left) => own - steep * Math.log(Math.max(EXACT, left / variance));
    },
    leaving: (count, odds) => (power(count) > 0 ? variance * Math.max(EXACT, Math.exp((fixed(count) - odds) / power(count))) : Infinity),
  };
}
