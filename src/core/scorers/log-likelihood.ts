import { z } from 'zod';
import { ProblemError } from '../../errors.ts';
import { targetTokens } from '../targets.ts';
import { TRANSFORMS } from '../transforms.ts';
import type { ScoreInput, Scorer, Transform } from '../types.ts';
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

/** Tokens of the targets that are no more than a bound or a floor, under each mask whose answer was followed. */
function censoredIn({ grid, targets, outcomes }: ScoreInput): number {
  if (!grid) return 0;
  const ranges = targets.map((target) => targetTokens(target, grid));
  return outcomes.reduce((sum, outcome) => {
    const known = outcome.kind === 'weighed' ? outcome.aligned?.known : undefined;
    return known === undefined ? sum : ranges.reduce((all, { from, to }) => all + Math.max(0, to - Math.max(from, known)), sum);
  }, 0);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
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
  censored: (input) => censoredIn(input),
  notes(input) {
    const weighed = input.outcomes.filter((outcome) => outcome.kind === 'weighed');
    const parted = weighed.flatMap(({ aligned }) => aligned ?? []);
    if (parted.length === 0) return [];
    const at = middle(parted.map(({ divergence }) => divergence)) + 1;
    const where = `in ${parted.length} of ${weighed.length} evaluations the endpoint's own answer left the completion, in the middle at token ${at} of ${input.grid?.ends.length}`;
    return [`${where}: what comes before is exact, ${censoredIn(input)} tokens after it are a bound or a floor of −3 nats`];
  },
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
