/** Σ a[i]·b[i] over the length of a. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Adds factor·b to a, in place. */
export function addTo(a: Float64Array, b: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + factor * (b[i] as number);
}

/** One column of [row][column] numbers; NaN where a row or its entry is missing. */
export function columnOf(rows: readonly ArrayLike<number>[], column: number): Float64Array {
  return Float64Array.from(rows, (row) => row[column] ?? Number.NaN);
}

/** Cosine of the angle between two vectors, within [−1, 1]. NaN when they differ in length or one has no direction. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) return Number.NaN;
  const value = dot(direction(a), direction(b));
  return Math.max(-1, Math.min(1, value));
}

/** The vector of length 1 that points the same way, all NaN for a zero vector. Scaled first: no square leaves the doubles. */
function direction(a: ArrayLike<number>): Float64Array {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] as number));
  const scaled = Float64Array.from(a, (value) => value / largest);
  const length = Math.sqrt(dot(scaled, scaled));
  return scaled.map((value) => value / length);
}
