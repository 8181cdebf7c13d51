/**
 * The factor L of a positive definite matrix A = LLᵀ, A given row after row; null when it is not positive definite.
 * In typed arrays, since the fits of a job factor hundreds of matrices.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const factor = matrix.slice();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = factor[i * size + j] as number;
      for (let k = 0, a = i * size, b = j * size; k < j; k++, a++, b++) sum -= (factor[a] as number) * (factor[b] as number);
      if (j < i) factor[i * size + j] = sum / (factor[j * size + j] as number);
      else if (sum > 0) factor[i * size + i] = Math.sqrt(sum);
      else return null;
    }
    factor.fill(0, i * size + i + 1, (i + 1) * size);
  }
  return factor;
}

/** A⁻¹b of the factor of A. */
export function solveCholesky(factor: Float64Array, b: ArrayLike<number>): Float64Array {
  const size = b.length;
  const solved = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    let sum = solved[i] as number;
    for (let k = 0; k < i; k++) sum -= (factor[i * size + k] as number) * (solved[k] as number);
    solved[i] = sum / (factor[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (solved[i] as number) / (factor[i * size + i] as number);
    solved[i] = value;
    // By rows of L, which lie in one piece.
    for (let k = 0; k < i; k++) solved[k] = (solved[k] as number) - (factor[i * size + k] as number) * value;
  }
  return solved;
}

/** log |A| of the factor of A. */
export function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += 2 * Math.log(factor[i * size + i] as number);
  return sum;
}
