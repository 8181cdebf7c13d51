import { Matrix } from 'ml-matrix';
import { pseudoInverse } from '../pseudoinverse.ts';
import type { Attribution, Mask, Values } from '../types.ts';
import { jackknife } from './jackknife.ts';
import type { KernelDesign } from './kerneldesign.ts';
import { FULL } from './ledger.ts';

/** Row of the empty mask. */
const EMPTY = 1;
/** A unit counts as told by the rows when all but this share of it is. */
const TOLERANCE = 1e-6;

/** What a fit takes from the masks alone, whatever the values are. */
export interface Fitter {
  /** Rows of the design that are used. */
  rows: readonly number[];
  weights: readonly number[];
  /** [row][unit], each mask less its mean: with Σφ held by the constraint, only differences between units are open. */
  centred: Matrix;
  /** [row][unit], how far a residual of that row, times its weight, moves each unit: centred·G⁻¹. */
  pulls: Matrix;
  determined: Float64Array;
}

function makeFitter(n: number, { masks, weights }: KernelDesign, rows: readonly number[]): Fitter {
  const centred = Matrix.zeros(rows.length, n);
  rows.forEach((row, at) => {
    const mask = masks[row] as Mask;
    const share = presence(mask);
    mask.forEach((bit, unit) => centred.set(at, unit, bit - share));
  });
  const used = rows.map((row) => weights[row] as number);
  const gram = centred.transpose().mmul(centred.clone().mulColumnVector(used));
  // Centred rows say nothing of the sum of φ; an eigenvalue of its own for it leaves everything else as it is.
  const level = gram.trace() > 0 ? gram.trace() / (n - 1) : 1;
  const { inverse, determined } = pseudoInverse(gram.add(level / n));
  return { rows, weights: used, centred, pulls: centred.mmul(inverse), determined };
}

function presence(mask: Mask): number {
  return mask.reduce((sum, bit) => sum + bit, 0) / mask.length;
}

function fitColumn(n: number, design: KernelDesign, fitter: Fitter, at: (row: number) => number, confidence: number): Attribution {
  const { rows, weights, centred, pulls, determined } = fitter;
  const intercept = at(FULL);
  const total = intercept - at(EMPTY);
  // What a row shows beyond an even share of the total.
  const beyond = rows.map((row) => at(row) - at(EMPTY) - total * presence(design.masks[row] as Mask));
  const parts = pulls.transpose().mmul(Matrix.columnVector(beyond.map((value, row) => value * (weights[row] as number))));
  const scores = determined.map((told, unit) => (told > 1 - TOLERANCE ? total / n + parts.get(unit, 0) : Number.NaN));
  const fitted = centred.mmul(parts);
  const halves = jackknife(fitter, design.chances, beyond.map((value, row) => value - fitted.get(row, 0)), confidence);
  if (!halves) return { scores, intercept };
  const intervals = Array.from(scores, (score, unit): readonly [number, number] => {
    const half = halves[unit] as number;
    return [score - half, score + half];
  });
  return { scores, intervals, intercept };
}

/**
 * Shapley values by regression (Charnes et al. 1988; Lundberg and Lee 2017): minimise Σ w (v(S) − v(∅) − Σ over S of φ)²
 * with Σφ = v(1) − v(∅) imposed exactly, per column. Substituting φ = total/n + β with Σβ = 0 leaves a regression of
 * what each row shows beyond an even share on the centred mask. Intervals by the jackknife over pairs.
 *
 * Rows with a missing value are dropped; units that the rest cannot tell are NaN. Without v(1) or v(∅) there is no
 * constraint, and every unit is NaN.
 */
export function kernelFit(n: number, design: KernelDesign, values: Values, columns: number, confidence: number): Attribution[] {
  const fitters = new Map<string, Fitter>();
  return Array.from({ length: columns }, (_, column) => {
    const at = (row: number): number => values[row]?.[column] ?? Number.NaN;
    const missing: number[] = [];
    const rows: number[] = [];
    for (let row = EMPTY + 1; row < design.masks.length; row++) (Number.isNaN(at(row)) ? missing : rows).push(row);
    const name = missing.join();
    const fitter = fitters.get(name) ?? makeFitter(n, design, rows);
    fitters.set(name, fitter);
    return fitColumn(n, design, fitter, at, confidence);
  });
}
