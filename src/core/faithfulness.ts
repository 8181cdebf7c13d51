import { halfMasks } from './masks.ts';
import type { Attribution, Mask } from './types.ts';

export function heldOutMasks(n: number, evaluations: number, rng: () => number): Mask[] {
  return halfMasks(n, Math.max(5, Math.ceil(evaluations / 10)), rng);
}
export function heldOut(_a: Attribution, _m: readonly Mask[], _v: readonly number[]) {
  return { holdout_r2: null as number | null, lds: null as number | null, verdict: 'weak' as 'good' | 'weak' | 'unusable', reasons: [] as string[] };
}
