import { Matrix } from 'ml-matrix';
import { pseudoInverse } from './pseudoinverse.ts';
import { dot } from './vectors.ts';

/** What is left of a constant column when its weighted mean is taken off, as a share of it. */
const ROUNDING = 1e-12;

/** One row of a design: a mask, or any numbers. */
export type Row = ArrayLike<number>;

/** What a weighted least squares fit with intercept takes from the rows alone, whatever the values are. */
export interface Solver {
  rows: number;
  /** Weighted mean of each feature. */
  means: Float64Array;
  /** Weight of each row; they add up to 1. */
  shares: Float64Array;
  /** [row][feature], the means taken off. */
  centred: Matrix;
  /** Pseudo-inverse of the weighted Gram matrix of `centred`. */
  inverse: Matrix;
  /** Per feature, 1 where the rows determine its coefficient and less where minimum norm has to choose it. */
  determined: Float64Array;
  /** Variance of each coefficient when every value has an independent error of variance 1. */
  spread: Float64Array;
  /** Expected sum of squared residuals under those errors: the degrees of freedom left, for any weights. */
  freedom: number;
}

/**
 * With X̃ the centred rows, W = diag(shares) and P = (X̃ᵀWX̃)⁺ the fit's hat matrix is H = 1wᵀ + X̃PX̃ᵀW, a
 * coefficient's variance [P X̃ᵀW²X̃ P]ᵢᵢ and the freedom tr((I − H)ᵀ(I − H)) = rows − 2 tr H + tr HᵀH. Only features ×
 * features matrices are formed. The weights say what matters, not how noisy a row is, so W⁻¹ never stands for variance.
 */
export function makeSolver(rows: readonly Row[], weights: readonly number[], features: number): Solver {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = Float64Array.from(weights, (weight) => weight / total);
  const means = new Float64Array(features);
  rows.forEach((row, at) => {
    for (let i = 0; i < features; i++) means[i] = (means[i] as number) + (shares[at] as number) * (row[i] as number);
  });
  const centred = Matrix.zeros(rows.length, features);
  for (let i = 0; i < features; i++) {
    const off = rows.map((row) => (row[i] as number) - (means[i] as number));
    const size = rows.reduce((most, row) => Math.max(most, Math.abs(row[i] as number)), 0);
    // A column that is constant up to the rounding of its own mean must not pass for one that tells something.
    if (off.some((value) => Math.abs(value) > ROUNDING * size)) off.forEach((value, at) => centred.set(at, i, value));
  }
  const { inverse, determined } = pseudoInverse(gram(centred, shares));
  const squared = shares.map((share) => share * share);
  const noisy = inverse.mmul(gram(centred, squared));
  const plain = inverse.mmul(gram(centred, shares.map(() => 1)));
  const spread = Float64Array.from(means, (_, i) => dot(noisy.getRow(i), inverse.getColumn(i)));
  let trace = 0;
  for (let i = 0; i < features; i++) trace += dot(plain.getRow(i), noisy.getColumn(i));
  const plainSums = columnSums(centred, shares.map(() => 1));
  const lean = dot(plainSums, inverse.mmul(Matrix.columnVector(columnSums(centred, squared))).to1DArray());
  const hat = 1 + determined.reduce((sum, part) => sum + part, 0);
  const hatSquares = rows.length * squared.reduce((sum, square) => sum + square, 0) + 2 * lean + trace;
  return { rows: rows.length, means, shares, centred, inverse, determined, spread, freedom: rows.length - 2 * hat + hatSquares };
}

function columnSums(x: Matrix, weights: Float64Array): number[] {
  return Array.from({ length: x.columns }, (_, i) => dot(x.getColumn(i), weights));
}

/** XᵀWX. */
function gram(x: Matrix, weights: Float64Array): Matrix {
  return x.transpose().mmul(x.clone().mulColumnVector(Array.from(weights)));
}
