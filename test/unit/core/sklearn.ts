import { readFileSync } from 'node:fs';

/** Fits that scikit-learn made of small designs (test/fixtures/sklearn.json). */
export interface SklearnCase {
  name: string;
  x: number[][];
  y: number[];
  weights: number[];
  least_squares: { coefficients: number[]; intercept: number };
  lasso: { alpha: number; coefficients: number[]; intercept: number }[];
  /** Coefficients after 1, 2, … steps on centred columns. */
  lars: number[][];
}

export const sklearnCases = (
  JSON.parse(readFileSync(new URL('../../fixtures/sklearn.json', import.meta.url), 'utf8')) as { cases: SklearnCase[] }
).cases;
