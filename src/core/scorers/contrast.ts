import { z } from 'zod';
import { ProblemError } from '../../errors.ts';
import { facingTokens, onlyTarget, refuseSame, withFoil } from '../foils.ts';
import type { Outcome, Scorer } from '../types.ts';
import { weightOf } from '../weighing.ts';

const options = z.strictObject({
  foil: z
    .string()
    .min(1)
    .max(20_000)
    .describe('What the model could have said in the place of the target. Takes on the whitespace that the target begins with.'),
  transform: z
    .enum(['log_prob_sum', 'log_prob_mean'])
    .default('log_prob_sum')
    .describe('log_prob_mean divides each side by its number of tokens, for a foil of another length.'),
});

const NOT_BOTH = 'contrast needs the log-probabilities of completion and foil, which these evaluations do not hold';

function unfit(detail: string): ProblemError {
  return new ProblemError('evaluations_missing', detail);
}

function pairOf(outcome: Outcome, tokens: number, foilTokens: number): readonly [Float64Array, Float64Array] | null {
  if (outcome.kind === 'failed') return null;
  const foil = outcome.kind === 'weighed' ? outcome.others?.[0] : undefined;
  if (outcome.kind !== 'weighed' || !foil) throw unfit(NOT_BOTH);
  if (outcome.logprobs.length !== tokens || foil.length !== foilTokens) throw unfit('an evaluation has not as many tokens as what was weighed');
  return [outcome.logprobs, foil];
}

/**
 * Why this answer and not that one: log p(target) − log p(foil), each given the call and the completion before it.
 * Contrastive explanation as in Yin & Neubig 2022 (arXiv 2202.10419), with whole texts in the place of single tokens.
 */
export const contrast: Scorer<z.output<typeof options>> = {
  id: 'contrast',
  title: 'Contrast: log-likelihood of the completion less that of a foil',
  options,
  needs: 'likelihood',
  unit: () => 'nats',
  foils: ({ foil }) => [foil],
  refuse(_, targets, { foil }) {
    refuseSame(foil, onlyTarget(targets));
  },
  score({ reference, grid, others, targets, outcomes }, { foil, transform }) {
    const other = others?.[0];
    if (!grid || !other) throw unfit(NOT_BOTH);
    const target = onlyTarget(targets);
    if (withFoil(reference, target, foil).text !== other.text) {
      throw unfit('the foil was weighed in the place of another target: submit a new explanation');
    }
    const sides = facingTokens(target, grid, other.grid, other.text.length);
    return outcomes.map((outcome) => {
      const pair = pairOf(outcome, grid.ends.length, other.grid.ends.length);
      if (!pair) return Float64Array.of(Number.NaN);
      return Float64Array.of(weightOf(pair[0], sides.own, transform) - weightOf(pair[1], sides.foil, transform));
    });
  },
};
