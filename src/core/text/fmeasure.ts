/**
 * F_β = (1 + β²)·P·R / (β²·P + R): recall counts β times as much as precision (van Rijsbergen 1979, chapter 7).
 * 0 when either is 0; exactly 1 when both are 1.
 */
export function fMeasure(precision: number, recall: number, beta: number): number {
  if (precision <= 0 || recall <= 0) return 0;
  const square = beta * beta;
  return ((1 + square) * precision * recall) / (square * precision + recall);
}
