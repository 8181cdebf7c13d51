/** Running mean and sum of squared deviations of what is seen of each of n units (Welford 1962). */
export interface Spread {
  readonly count: Float64Array;
  readonly means: Float64Array;
  /** Takes one more number of a unit. */
  add(unit: number, seen: number): void;
  /** The sample variance of a unit; NaN with fewer than two numbers, 0 where they differ by no more than `rounding`. */
  variance(unit: number, rounding: number): number;
}

/** A spread of n units of which nothing has been seen. */
export function makeSpread(n: number): Spread {
  const count = new Float64Array(n);
  const means = new Float64Array(n);
  const squares = new Float64Array(n);
  return {
    count,
    means,
    add(unit, seen) {
      const times = (count[unit] as number) + 1;
      const step = seen - (means[unit] as number);
      const centre = (means[unit] as number) + step / times;
      count[unit] = times;
      means[unit] = centre;
      squares[unit] = (squares[unit] as number) + step * (seen - centre);
    },
    variance(unit, rounding) {
      const times = count[unit] as number;
      if (times < 2) return Number.NaN;
      const found = (squares[unit] as number) / (times - 1);
      return found <= rounding ** 2 ? 0 : found;
    },
  };
}
