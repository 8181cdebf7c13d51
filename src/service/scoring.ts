import { chooseScorer } from '../core/scorers/auto.ts';
import { scorerById } from '../core/scorers/index.ts';
import { targetTokens } from '../core/targets.ts';
import type { Completion, Method, Need, Outcome, Scorer, Target, TokenGrid, Transform, Values } from '../core/types.ts';
import type { Choice } from '../contract/parts.ts';
import { faultAt } from '../errors.ts';

export interface Scoring {
  scorer: Scorer;
  options: unknown;
  unit: string;
}

/**
 * The scorer that a request comes down to on what the endpoint can feed.
 * @throws ProblemError scorer_unavailable
 */
export function scoringFor(choice: Choice, feeds: ReadonlySet<Need>, method: Method): Scoring {
  const id = choice.id === 'auto' ? chooseScorer(feeds) : choice.id;
  const scorer = scorerById(id);
  if (!feeds.has(scorer.needs)) {
    throw faultAt('scorer_unavailable', '/scorer', `${id} needs the log-probabilities of a given completion, which the endpoint was not seen to give for this call: use a text scorer or \`auto\``);
  }
  const given = (choice.id === 'auto' ? scorer.options.parse({}) : choice.options) as { transform?: Transform | null };
  const options = scorer.needs === 'likelihood' ? { ...given, transform: given.transform ?? method.transform ?? 'log_prob_sum' } : given;
  return { scorer, options, unit: scorer.unit(options) };
}

const NOT_ASKED: Outcome = { kind: 'failed', reason: 'not asked' };

/** Values of outcomes for these targets, [outcome][target]; NaN where an evaluation failed or was not asked. */
export function valuesOf(scoring: Scoring, reference: Completion, grid: TokenGrid | null, targets: readonly Target[], outcomes: readonly (Outcome | null)[]): Values {
  return scoring.scorer.score({ reference, grid, targets, outcomes: outcomes.map((outcome) => outcome ?? NOT_ASKED) }, scoring.options);
}

/** Tokens of each target, 1 where values are not sums over tokens. */
export function targetWeights(targets: readonly Target[], grid: TokenGrid | null): Float64Array {
  return Float64Array.from(targets, (target) => {
    if (!grid) return 1;
    const { from, to } = targetTokens(target, grid);
    return Math.max(1, to - from);
  });
}
