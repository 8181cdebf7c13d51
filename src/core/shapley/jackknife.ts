import { studentReach } from '../student.ts';
import type { Fitter } from './kernelfit.ts';

/** A pair with less leverage than this left over alone tells something, and leaves no residual to judge it by. */
const ALONE = 1e-6;

/**
 * Half-widths of the intervals for a kernel fit, by the jackknife over pairs without refitting: leaving out the rows
 * ±x of a pair moves φ by G⁻¹x·w(e₊ − e₋)/(1 − h), with residuals e and leverage h = Σ w xᵀG⁻¹x (Miller 1974). The
 * interval is about the value without its noise, so the share of pairs that was drawn does not narrow it, except that
 * nothing was estimated once all pairs are in.
 *
 * The jackknife errs on the wide side in small samples, where a bootstrap would draw designs that tell nothing.
 * Null when no pair was left to luck or the pairs do not outnumber what they fit; NaN for a unit that hangs on one pair.
 * @param chances of each row of the design
 * @param residuals of the fitter's rows
 */
export function jackknife(
  { rows, weights, centred, pulls }: Fitter,
  chances: Float64Array,
  residuals: readonly number[],
  confidence: number,
): Float64Array | null {
  const n = centred.columns;
  const squares = new Float64Array(n);
  let pairs = 0;
  let luck = 0;
  for (let at = 0; at < rows.length; pairs++) {
    const row = rows[at] as number;
    // A row whose complement has no value stands alone.
    const members = row % 2 === 0 && rows[at + 1] === row + 1 ? 2 : 1;
    const weight = weights[at] as number;
    let leverage = 0;
    for (let unit = 0; unit < n; unit++) leverage += members * weight * centred.get(at, unit) * pulls.get(at, unit);
    const residual = (residuals[at] as number) - (members === 2 ? (residuals[at + 1] as number) : 0);
    const move = (weight * residual) / (1 - leverage > ALONE ? 1 - leverage : 0);
    for (let unit = 0; unit < n; unit++) squares[unit] = (squares[unit] as number) + (pulls.get(at, unit) * move) ** 2;
    luck = Math.max(luck, 1 - (chances[row] as number));
    at += members;
  }
  const freedom = pairs - (n - 1);
  if (luck < 1e-9 || freedom < 1) return null;
  const reach = studentReach(confidence, freedom);
  return squares.map((square) => (Number.isFinite(square) ? reach * Math.sqrt(square) : Number.NaN));
}
