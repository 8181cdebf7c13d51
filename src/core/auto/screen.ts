/**
 * Units that the regression takes in; of more, those with the largest covariances. Its time grows with the square of it, but
 * with half of 200 units the exact fit of a game without noise is lost in one of twenty, at 128 rows too.
 */
const MOST_UNITS = 256;

/**
 * The units that go with the values most, ascending: all of them up to a limit that more would only slow down. What is
 * left out has no coefficient, but an effect and an interval like every unit (sure independence screening, Fan and Lv
 * 2008: with independent columns, what matters is among the largest covariances).
 */
export function screenUnits(z: readonly Float64Array[], y: Float64Array): number[] {
  const n = z[0]?.length ?? 0;
  const units = Array.from({ length: n }, (_, unit) => unit);
  if (n <= MOST_UNITS) return units;
  const pulls = new Float64Array(n);
  z.forEach((row, at) => {
    for (let i = 0; i < n; i++) pulls[i] = (pulls[i] as number) + (row[i] as number) * (y[at] as number);
  });
  const size = (unit: number): number => Math.abs(pulls[unit] as number);
  return units.sort((i, j) => size(j) - size(i)).slice(0, MOST_UNITS).sort((i, j) => i - j);
}
