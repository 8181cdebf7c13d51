import type { Explained } from '../core/scorers/auto.ts';
import { scorerById } from '../core/scorers/index.ts';
import { onlyTarget, withFoil } from '../core/foils.ts';
import { targetTokens } from '../core/targets.ts';
import type { Advice, Basis, Completion, Consultation, Feed, Method, Need, Outcome, Scorer, Search, Target, Transform, Values } from '../core/types.ts';
import type { Choice } from '../contract/parts.ts';
import { faultAt } from '../errors.ts';
import { chosen, type OwnScorers } from './auto.ts';
import type { Samples } from './drive.ts';

export interface Scoring {
  scorer: Scorer;
  options: unknown;
  unit: string;
}

/** A method, as far as it says how likelihoods are to be read. */
type Prescribing = Pick<Method, 'transform'> | Search;

/** A named scorer, its transform filled in as the method prescribes where it was left open. @throws ProblemError validation_failed */
export function scoringOf(choice: Choice, method: Prescribing): Scoring {
  const scorer = scorerById(choice.id);
  // the service repeats; a scorer sees one answer at a time
  const { repeats: _, ...own } = choice.options;
  const given = own as { transform?: Transform | null };
  const options = scorer.needs === 'likelihood' ? { ...given, transform: given.transform ?? ('transform' in method ? method.transform : undefined) ?? 'log_prob_sum' } : given;
  return { scorer, options, unit: scorer.unit(options) };
}

const WANTED: Readonly<Record<Need, string>> = {
  likelihood: 'the log-probabilities of a given completion',
  opening: 'log-probabilities of the alternatives of the first token',
  text: 'new answers',
};

/**
 * The scorer that a request comes down to on what the endpoint can feed.
 * @throws ProblemError scorer_unavailable
 */
export function scoringFor(choice: Choice, own: OwnScorers, feeds: ReadonlySet<Feed>, explained: Explained, method: Prescribing): Scoring {
  const scoring = scoringOf(chosen(choice, own, feeds, explained, 'goal' in method), method);
  const { id, needs } = scoring.scorer;
  if (feeds.has(needs)) return scoring;
  throw faultAt('scorer_unavailable', '/scorer', `${id} needs ${WANTED[needs]}, which the endpoint was not seen to give for this call: use a text scorer or \`auto\``);
}

/** The completion with each of the scorer's foils in the place of the target. @throws ProblemError target_unsupported */
export function completionsWithFoils({ scorer, options }: Scoring, reference: Completion, targets: readonly Target[]): Completion[] {
  return (scorer.foils?.(options) ?? []).map((foil) => withFoil(reference, onlyTarget(targets), foil));
}

const NOT_ASKED: Outcome = { kind: 'failed', reason: 'not asked' };

interface Scored extends Basis {
  targets: readonly Target[];
  outcomes: readonly (Outcome | null)[];
}

/** What must be asked before these outcomes have values; nothing for most scorers. */
export function consultationsOf({ scorer, options }: Scoring, { outcomes, ...rest }: Scored): readonly Consultation[] {
  return scorer.consults?.about({ ...rest, outcomes: outcomes.map((outcome) => outcome ?? NOT_ASKED) }, options) ?? [];
}

/** Values of outcomes for these targets, [outcome][target]; NaN where an evaluation failed or was not asked. */
function valuesOf({ scorer, options }: Scoring, { outcomes, ...rest }: Scored, advice?: Advice): Values {
  return scorer.score({ ...rest, outcomes: outcomes.map((outcome) => outcome ?? NOT_ASKED), ...(advice ? { advice } : {}) }, options);
}

/** What the scorer has to say of all that was evaluated. */
export function notesOf({ scorer, options }: Scoring, basis: Basis, targets: readonly Target[], outcomes: readonly Outcome[]): string[] {
  return scorer.notes?.({ ...basis, targets, outcomes }, options) ?? [];
}

/** How many of the log-probabilities behind the values are only a bound; null where answers are compared. */
export function censoredOf({ scorer, options }: Scoring, basis: Basis, targets: readonly Target[], outcomes: readonly Outcome[]): number | null {
  return scorer.needs === 'text' ? null : (scorer.censored?.({ ...basis, targets, outcomes }, options) ?? 0);
}

/** Values of every sample, [mask][sample][target]: each outcome is scored by itself, so scorers know nothing of samples. */
export function sampleValues(scoring: Scoring, basis: Basis, targets: readonly Target[], samples: readonly Samples[], advice?: Advice): Values[] {
  const values = valuesOf(scoring, { ...basis, targets, outcomes: samples.flat() }, advice);
  let from = 0;
  return samples.map(({ length }) => values.slice(from, (from += length)));
}

/** Tokens of each target, 1 where values are not of its tokens. */
export function targetWeights(targets: readonly Target[], { grid, weighed }: Pick<Basis, 'grid' | 'weighed'>): Float64Array {
  return Float64Array.from(targets, (target) => {
    if (!grid || weighed !== undefined) return 1;
    const { from, to } = targetTokens(target, grid);
    return Math.max(1, to - from);
  });
}
