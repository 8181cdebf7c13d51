import { quadraticSize } from './fewunits.ts';

/** Up to so many units all masks, or all pairs, can be evaluated; nothing needs to be drawn. */
export const FEW_UNITS = 8;
/** Evaluations at most when the budget is open. */
const OPEN_BUDGET = 200;
/** All masks are evaluated when they are no more than this. */
const EXHAUSTIVE = 64;
/** Fewer evaluations than this cannot carry a regression on half masks. */
const LEAST_DRAWN = 8;
/** With fewer than this, leave-one-out is the better choice where it fits, and half masks are better not left to chance. */
export const FEW_DRAWN = 16;
/** Masks that test whether pairs are enough, as far as the budget goes. */
export const CHECKS = 8;

export type Plan =
  /** All 2^n masks. */
  | { kind: 'exhaustive'; most: number }
  /** The full mask, every unit and every pair taken away, checked; more masks when pairs do not explain the checks. */
  | { kind: 'pairs'; most: number }
  /** The full mask and every unit taken away. */
  | { kind: 'singles'; most: number }
  /** Rounds of half masks. */
  | { kind: 'rounds'; most: number };

/** What `auto` does with n units and a budget (Infinity = open), and the evaluations it asks at most. */
export function planFor(n: number, budget: number): Plan {
  const most = Number.isFinite(budget) ? Math.floor(budget) : OPEN_BUDGET;
  const drawn = most >= FEW_DRAWN || (most >= LEAST_DRAWN && most < n + 1);
  if (n > FEW_UNITS && drawn) return { kind: 'rounds', most: Math.min(most, 2 ** n) };
  if (n > FEW_UNITS) return { kind: 'singles', most: n + 1 };
  if (2 ** n <= Math.min(EXHAUSTIVE, most)) return { kind: 'exhaustive', most: 2 ** n };
  if (quadraticSize(n) <= most) return { kind: 'pairs', most: Math.min(2 ** n, most) };
  return { kind: 'singles', most: n + 1 };
}
