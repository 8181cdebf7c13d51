import { z } from 'zod';
import { ProblemError } from '../../errors.ts';
import { targetTokens } from '../targets.ts';
import { TRANSFORMS } from '../transforms.ts';
import type { Scorer, Transform } from '../types.ts';
import { weightOf } from '../weighing.ts';

const options = z.strictObject({
  transform: z
    .enum(TRANSFORMS)
    .nullable()
    .default(null)
    .describe('How token log-probabilities become one number. null: as the source of the method has it, else log_prob_sum.'),
});

type Options = z.output<typeof options>;

const UNITS = {
  log_prob_sum: 'nats',
  log_prob_mean: 'nats',
  prob_geo_mean: 'probability',
  prob_prod: 'probability',
  log_odds: 'log-odds',
} as const satisfies Record<Transform, string>;

const DEFAULT: Transform = 'log_prob_sum';

function unfit(detail: string): ProblemError {
  return new ProblemError('evaluations_missing', detail);
}

/**
 * How probable the reference completion is, given the call: log p of each target's tokens, transformed. The driver puts
 * the method's own transform where the caller left it open. A target without tokens (a tool call beside text) cannot be
 * weighed and is NaN.
 */
export const logLikelihood: Scorer<Options> = {
  id: 'log-likelihood',
  title: 'Log-likelihood of the completion',
  options,
  needs: 'likelihood',
  unit: ({ transform }) => UNITS[transform ?? DEFAULT],
  score({ grid, targets, outcomes }, { transform }) {
    if (!grid) throw unfit('log-likelihood needs log-probabilities; these evaluations hold answers');
    const ranges = targets.map((target) => targetTokens(target, grid));
    return outcomes.map((outcome) => {
      if (outcome.kind === 'failed') return new Float64Array(targets.length).fill(Number.NaN);
      if (outcome.kind !== 'weighed') throw unfit('log-likelihood needs log-probabilities; these evaluations hold answers');
      if (outcome.logprobs.length !== grid.ends.length) throw unfit('an evaluation has not as many tokens as the completion');
      return Float64Array.from(ranges, (range) => weightOf(outcome.logprobs, range, transform ?? DEFAULT));
    });
  },
};
