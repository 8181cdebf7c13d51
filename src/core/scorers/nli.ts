import { z } from 'zod';
import { pairScorer } from '../pairscorer.ts';

const options = z.strictObject({
  symmetric: z.boolean().default(true).describe('Asks in both directions and takes the geometric mean. false: whether the answer entails the target.'),
  logit: z.boolean().default(false).describe('log(p / (1 − p)) instead of p, which spreads what lies near 0 and 1.'),
});

type Options = z.output<typeof options>;

/** Classifiers are this sure of almost anything; beyond it a logit would be made of rounding. */
const SUREST = 0.999;

function shown(probability: number, { logit }: Options): number {
  if (!logit) return probability;
  const bounded = Math.min(SUREST, Math.max(1 - SUREST, probability));
  return Math.log(bounded / (1 - bounded));
}

/**
 * Whether the answer still says what the target says: P(entailment) by a classifier or a judge, as the scores of MExGen
 * (arXiv 2403.14459) have it: the geometric mean of both directions, since a mere part of an answer is entailed by it.
 */
export const nli = pairScorer<Options>({
  id: 'nli',
  title: 'Entailment in both directions',
  options,
  unit: ({ logit }) => (logit ? 'log-odds' : 'probability'),
  kinds: ['entailment'],
  each: ({ symmetric }) => (symmetric ? 2 : 1),
  once: 0,
  candidates: 'nearest',
  same: (given) => shown(1, given),
  none: (given) => shown(0, given),
  ask: (reference, answer, { symmetric }) => [
    { kind: 'entailment', premise: answer, hypothesis: reference },
    ...(symmetric ? [{ kind: 'entailment', premise: reference, hypothesis: answer } as const] : []),
  ],
  value: (said, given) => shown(said.length === 2 ? Math.sqrt((said[0] ?? NaN) * (said[1] ?? NaN)) : (said[0] ?? NaN), given),
});
