/** How many masks are kept out of the fit to check it: a tenth of the fitted ones, and never fewer than five. */
export function heldOutSize(evaluations: number): number {
  return Math.max(5, Math.ceil(evaluations / 10));
}
