import type { StoredEvaluation } from '../evaluations.ts';
import { key } from '../masks.ts';
import type { Mask, Outcome } from '../types.ts';

/** All samples of one mask. */
export interface Asked {
  mask: Mask;
  role: StoredEvaluation['role'];
  outcomes: Outcome[];
}

/** Evaluations by mask, in the order of first asking; samples in the order of their numbers, so that sums come out alike. */
export function bySample(evaluations: readonly StoredEvaluation[]): Asked[] {
  const groups = Map.groupBy(evaluations, ({ mask }) => key(mask));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    return [{ mask: first.mask, role: first.role, outcomes: group.toSorted((a, b) => a.sample - b.sample).map(({ outcome }) => outcome) }];
  });
}
