import type { ZodType } from 'zod';
import { ProblemError } from '../errors.ts';
import { counterparts, type Counterparts } from './counterpart.ts';
import type { Outcome, Scorer } from './types.ts';

export interface TextMetric<O> {
  id: string;
  title: string;
  options: ZodType<O>;
  /** Prepares a reference and gives its similarity to any text: within [0, 1], 1 for the same text, never NaN. */
  similarity(reference: string, options: O): (candidate: string) => number;
  /** Every similarity is 0 or 1. */
  rate?: true;
}

const UNFIT = 'a text scorer needs answers; these evaluations hold log-probabilities';

/** Perturbations that change nothing give the same answer many times over, so each text is compared once. */
function best(part: Counterparts, similarity: (candidate: string) => number): (outcome: Outcome) => number {
  const known = new Map<string, number>();
  const scored = (candidate: string): number => {
    const score = known.get(candidate) ?? similarity(candidate);
    known.set(candidate, score);
    return score;
  };
  return (outcome) => {
    if (outcome.kind === 'failed') return Number.NaN;
    if (outcome.kind !== 'generated') throw new ProblemError('evaluations_missing', UNFIT);
    let highest = 0;
    for (const candidate of part.of(outcome.completion)) highest = Math.max(highest, scored(candidate));
    return highest;
  };
}

/**
 * A scorer of regenerated text: for every outcome and target the similarity of the target and its counterpart in the
 * answer, 0 where the answer has none, NaN where the outcome failed.
 */
export function textScorer<O>(metric: TextMetric<O>): Scorer<O> {
  return {
    id: metric.id,
    title: metric.title,
    options: metric.options,
    needs: 'text',
    unit: () => 'similarity',
    ...(metric.rate ? { rate: true } : {}),
    score({ targets, outcomes }, options) {
      const columns = counterparts(targets).map((part) => best(part, metric.similarity(part.reference, options)));
      return outcomes.map((outcome) => Float64Array.from(columns, (column) => column(outcome)));
    },
  };
}
