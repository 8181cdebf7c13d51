import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Singular values of a design below this share of the largest count as zero: masks give either far more or rounding. */
const RELATIVE_ZERO = 1e-6;

export interface PseudoInverse {
  inverse: Matrix;
  /** Per feature, 1 where the matrix determines it and less where minimum norm has to choose. */
  determined: Float64Array;
}

/** The Moore-Penrose inverse of a symmetric matrix without negative eigenvalues, such as a Gram matrix. */
export function pseudoInverse(gram: Matrix): PseudoInverse {
  const size = gram.rows;
  if (size === 0) return { inverse: gram.clone(), determined: new Float64Array(0) };
  const spectrum = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = Math.max(...spectrum.realEigenvalues);
  const kept = spectrum.realEigenvalues.map((_, at) => at)
    .filter((at) => (spectrum.realEigenvalues[at] as number) > largest * RELATIVE_ZERO ** 2);
  if (kept.length === 0) return { inverse: Matrix.zeros(size, size), determined: new Float64Array(size) };
  const vectors = spectrum.eigenvectorMatrix.subMatrixColumn(kept);
  const scaled = vectors.clone().divRowVector(kept.map((at) => spectrum.realEigenvalues[at] as number));
  const determined = Float64Array.from({ length: size }, (_, i) => vectors.getRow(i).reduce((sum, e) => sum + e * e, 0));
  return { inverse: scaled.mmul(vectors.transpose()), determined };
}
