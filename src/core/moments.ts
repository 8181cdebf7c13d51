/*
 * Sums of a design and its values. Every sparse fit needs nothing else of the rows, and leaving rows out is a
 * subtraction, so the folds of a cross-validation cost one pass over the data together.
 */

/** Raw sums over rows; `cross` is features × features, row after row. */
export interface Sums {
  rows: number;
  x: Float64Array;
  cross: Float64Array;
  y: number;
  yy: number;
  xy: Float64Array;
}

/**
 * Means and population covariances: `gram` of the features (row after row), `variances` on its diagonal, where they lie
 * far apart, `pull` of each with y, `power` of y itself.
 */
export interface Moments {
  rows: number;
  means: Float64Array;
  gram: Float64Array;
  variances: Float64Array;
  centre: number;
  pull: Float64Array;
  power: number;
}

/** Sums over the rows at `at` of x ([row][feature]) and y. */
export function sums(x: readonly Float64Array[], y: ArrayLike<number>, at: Iterable<number>): Sums {
  const size = x[0]?.length ?? 0;
  const [sumX, sumXY, cross] = [new Float64Array(size), new Float64Array(size), new Float64Array(size * size)];
  const total: Sums = { rows: 0, x: sumX, cross, y: 0, yy: 0, xy: sumXY };
  for (const row of at) {
    const values = x[row] as Float64Array;
    const seen = y[row] as number;
    total.rows++;
    total.y += seen;
    total.yy += seen * seen;
    for (let i = 0; i < size; i++) {
      const value = values[i] as number;
      sumX[i] = (sumX[i] as number) + value;
      sumXY[i] = (sumXY[i] as number) + value * seen;
      for (let j = 0, to = i * size; j <= i; j++, to++) cross[to] = (cross[to] as number) + value * (values[j] as number);
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) cross[j * size + i] = cross[i * size + j] as number;
  return total;
}

/** Means and covariances of the rows that were summed in `all` and not in `part`. */
export function moments(all: Sums, part?: Sums): Moments {
  const size = all.x.length;
  const rows = all.rows - (part?.rows ?? 0);
  const means = rest(all.x, part?.x, rows);
  const pull = rest(all.xy, part?.xy, rows);
  const gram = rest(all.cross, part?.cross, rows);
  const centre = (all.y - (part?.y ?? 0)) / rows;
  for (let i = 0; i < size; i++) {
    const own = means[i] as number;
    pull[i] = (pull[i] as number) - own * centre;
    for (let j = 0, to = i * size; j < size; j++, to++) gram[to] = (gram[to] as number) - own * (means[j] as number);
  }
  const variances = diagonal(gram, new Float64Array(size));
  return { rows, means, gram, variances, centre, pull, power: Math.max(0, (all.yy - (part?.yy ?? 0)) / rows - centre * centre) };
}

/** Puts the diagonal of a square matrix, row after row, to `into`. */
export function diagonal(matrix: Float64Array, into: Float64Array): Float64Array {
  for (let j = 0; j < into.length; j++) into[j] = matrix[j * into.length + j] as number;
  return into;
}

/** (sum − less) / rows, entry by entry. */
function rest(sum: Float64Array, less: Float64Array | undefined, rows: number): Float64Array {
  const left = sum.slice();
  for (let i = 0; i < left.length; i++) left[i] = ((sum[i] as number) - (less?.[i] ?? 0)) / rows;
  return left;
}
