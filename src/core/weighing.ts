import { tokenLogProb, transformed } from './transforms.ts';
import type { Transform } from './types.ts';

/** Tokens [from, to) of a grid. */
export interface TokenRange {
  from: number;
  to: number;
}

/** The transformed log-probability of a run of tokens; NaN where there is none, or one is not known. */
export function weightOf(logprobs: Float64Array, { from, to }: TokenRange, transform: Transform): number {
  if (to <= from) return Number.NaN;
  let sum = 0;
  for (const logProb of logprobs.subarray(from, to)) sum += tokenLogProb(logProb);
  return transformed(sum, to - from, transform);
}
