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
