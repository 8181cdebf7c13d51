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

/** Means and population covariances: `gram` of the features (row after row), `pull` of each with y, `power` of y itself. */
export interface Moments {
  rows: number;
  means: Float64Array;
  gram: Float64Array;
  centre: number;
  pull: Float64Array;
  power: number;
}

/** Sums over the rows at `at` of x ([row][feature]) and y. */
export function sums(x: readonly Float64Array[], y: ArrayLike<number>, at: Iterable<number>): Sums {
  const size = x[0]?.length ?? 0;
  const total: Sums = { rows: 0, x: new Float64Array(size), cross: new Float64Array(size * size), y: 0, yy: 0, xy: new Float64Array(size) };
  for (const row of at) {
    const values = x[row] as Float64Array;
    const seen = y[row] as number;
    total.rows++;
    total.y += seen;
    total.yy += seen * seen;
    for (let i = 0; i < size; i++) {
      const value = values[i] as number;
      total.x[i] = (total.x[i] as number) + value;
      total.xy[i] = (total.xy[i] as number) + value * seen;
      for (let j = 0, to = i * size; j <= i; j++, to++) total.cross[to] = (total.cross[to] as number) + value * (values[j] as number);
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) total.cross[j * size + i] = total.cross[i * size + j] as number;
  return total;
}

/** The sums of the rows that are in `all` and not in `part`. */
export function without(all: Sums, part: Sums): Sums {
  const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - (b[i] as number));
  return {
    rows: all.rows - part.rows,
    x: minus(all.x, part.x),
    cross: minus(all.cross, part.cross),
    y: all.y - part.y,
    yy: all.yy - part.yy,
    xy: minus(all.xy, part.xy),
  };
}

/** Means and covariances of what was summed. */
export function moments({ rows, x, cross, y, yy, xy }: Sums): Moments {
  const size = x.length;
  const means = x.map((sum) => sum / rows);
  const centre = y / rows;
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) gram[i * size + j] = (cross[i * size + j] as number) / rows - (means[i] as number) * (means[j] as number);
  }
  const pull = xy.map((sum, i) => sum / rows - (means[i] as number) * centre);
  return { rows, means, gram, centre, pull, power: Math.max(0, yy / rows - centre * centre) };
}
