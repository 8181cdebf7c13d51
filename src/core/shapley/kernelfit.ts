import { Matrix } from 'ml-matrix';
import { pseudoInverse } from '../pseudoinverse.ts';
import { studentReach } from '../student.ts';
import type { Attribution, Mask, Values } from '../types.ts';
import type { KernelDesign } from './kerneldesign.ts';
import { FULL } from './ledger.ts';

/** Row of the empty mask. */
const EMPTY = 1;
/** A unit counts as told by the rows when all but this share of it is. */
const TOLERANCE = 1e-6;

interface Fitter {
  /** Rows of the design that are used. */
  rows: readonly number[];
  weights: readonly number[];
  /** [row][unit], each mask less its mean: with Σφ held by the constraint, only differences between units are left to tell. */
  centred: Matrix;
  inverse: Matrix;
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
  return { rows, weights: used, centred, inverse, determined };
}

function presence(mask: Mask): number {
  return mask.reduce((sum, bit) => sum + bit, 0) / mask.length;
}

/**
 * Half-widths of 95 % intervals by the jackknife over pairs, exact without refitting: leaving a pair's rows ±x out moves
 * φ by G⁻¹x·w(e₊ − e₋)/(1 − h) with residuals e and leverage h = Σ w xᵀG⁻¹x. Each squared move counts by the pair's
 * chance of not having been drawn (Hájek's correction for sampling without replacement), so a sample that holds all
 * pairs has no error left; null then, and when the pairs do not outnumber what they fit.
 */
function reaches(fitter: Fitter, { chances }: KernelDesign, residuals: readonly number[]): number[] | null {
  const { rows, weights, centred, inverse } = fitter;
  const n = inverse.rows;
  const squares = new Array<number>(n).fill(0);
  let pairs = 0;
  let open = false;
  for (let at = 0; at < rows.length; pairs++) {
    const row = rows[at] as number;
    const whole = row % 2 === 0 && rows[at + 1] === row + 1;
    const x = centred.getRow(at);
    const weight = weights[at] as number;
    const pull = inverse.mmul(Matrix.columnVector(x)).to1DArray();
    const leverage = (whole ? 2 : 1) * weight * x.reduce((sum, value, unit) => sum + value * (pull[unit] as number), 0);
    const residual = (residuals[at] as number) - (whole ? (residuals[at + 1] as number) : 0);
    // A pair that alone tells something leaves no residual to judge it by: 0/0, an interval that is not known.
    const slack = 1 - leverage > TOLERANCE ? 1 - leverage : 0;
    const left = 1 - (chances[row] as number);
    open ||= left > 0;
    for (let unit = 0; unit < n; unit++) {
      squares[unit] = (squares[unit] as number) + left * (((pull[unit] as number) * weight * residual) / slack) ** 2;
    }
    at += whole ? 2 : 1;
  }
  const freedom = pairs - (n - 1);
  if (!open || freedom < 1) return null;
  const reach = studentReach(0.95, freedom);
  return squares.map((square) => reach * Math.sqrt(square));
}

function fitColumn(n: number, design: KernelDesign, fitter: Fitter, at: (row: number) => number): Attribution {
  const { rows, weights, centred, inverse, determined } = fitter;
  const total = at(FULL) - at(EMPTY);
  // What a row shows beyond an even share of the total.
  const beyond = rows.map((row) => at(row) - at(EMPTY) - total * presence(design.masks[row] as Mask));
  const moments = centred.transpose().mmul(Matrix.columnVector(beyond.map((value, row) => value * (weights[row] as number))));
  const parts = inverse.mmul(moments);
  const scores = Float64Array.from({ length: n }, (_, unit) => {
    return (determined[unit] as number) > 1 - TOLERANCE ? total / n + parts.get(unit, 0) : Number.NaN;
  });
  const fitted = centred.mmul(parts);
  const halves = reaches(fitter, design, beyond.map((value, row) => value - fitted.get(row, 0)));
  if (!halves) return { scores, intercept: at(FULL) };
  const intervals = halves.map((half, unit): readonly [number, number] => [(scores[unit] as number) - half, (scores[unit] as number) + half]);
  return { scores, intervals, intercept: at(FULL) };
}

/**
 * Shapley values by regression (Lundberg and Lee 2017; Charnes et al. 1988): minimise Σ w (v(S) − v(∅) − Σ over S of φ)²
 * with Σφ = v(1) − v(∅) imposed exactly, per column. Substituting φ = total/n + β with Σβ = 0 leaves a regression of
 * what each row shows beyond an even share on the centred mask.
 *
 * Rows with a missing value are dropped; units that the rest cannot tell are NaN. Without v(1) or v(∅) there is no
 * constraint, and every unit is NaN.
 */
export function kernelFit(n: number, design: KernelDesign, values: Values, columns: number): Attribution[] {
  const fitters = new Map<string, Fitter>();
  return Array.from({ length: columns }, (_, column) => {
    const at = (row: number): number => values[row]?.[column] ?? Number.NaN;
    const missing: number[] = [];
    const rows: number[] = [];
    for (let row = EMPTY + 1; row < design.masks.length; row++) (Number.isNaN(at(row)) ? missing : rows).push(row);
    const name = missing.join();
    const fitter = fitters.get(name) ?? makeFitter(n, design, rows);
    fitters.set(name, fitter);
    return fitColumn(n, design, fitter, at);
  });
}
