import { requestSchema } from '../contract/request.ts';
import type { Choice } from '../contract/parts.ts';
import type { Result, ResultAttribution, ResultTarget } from '../contract/resource.ts';
import { asTable, type EvaluationTable, type StoredEvaluations, unpackEvaluations } from '../core/evaluations.ts';
import { key as maskKey } from '../core/masks.ts';
import { parentsOf } from '../core/parents.ts';
import { createRng } from '../core/rng.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Attribution, Consultation, Game, Mask, Method, Target, TargetSpec, Values } from '../core/types.ts';
import { faultAt } from '../errors.ts';
import { replay } from './drive.ts';
import { type Limits, methodFor, planFor } from './plan.ts';
import type { EndpointDirectory, Stored } from './ports.ts';
import { adviceKey } from './question.ts';
import { publicAttribution, publicTarget } from './result.ts';
import { named, scoringOf, targetWeights, valuesOf } from './scoring.ts';

interface RefitInput {
  stored: Stored;
  evaluations: string;
  body: { targets: readonly TargetSpec[]; method?: Choice | undefined };
  directory: EndpointDirectory;
  limits: Limits;
}

class Missing extends Error {}

interface Replay {
  method: Method;
  /** Whether it is the method of the job, with its options. */
  own: boolean;
  options: unknown;
  calls: number;
  game: () => Game;
  stored: StoredEvaluations;
  values: Values;
}

/**
 * Replays the method on what is stored, which gives the job's own numbers for the job's own targets. Where it would ask
 * for more (another method, or an adaptive one led elsewhere by other targets) a regression fits whatever masks there
 * are, and the method of a job that was stopped early does without.
 */
function fitted({ method, own, options, calls, game, stored, values }: Replay): readonly Attribution[] {
  const rows = new Map(stored.evaluations.map((evaluation, row) => [maskKey(evaluation.mask), row]));
  const lookUp = (mask: Mask) => values[rows.get(maskKey(mask)) ?? -1] ?? null;
  try {
    return replay(method, game(), options, calls, lookUp, () => {
      throw new Missing();
    }).attributions;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
  }
  if (method.fit) {
    const fit = stored.evaluations.flatMap((evaluation, row) => (evaluation.role === 'method' ? [{ mask: evaluation.mask, value: values[row] ?? blank(game()) }] : []));
    return method.fit(game(), fit.map(({ mask }) => mask), fit.map(({ value }) => value), options);
  }
  if (own) return replay(method, game(), options, calls, (mask) => lookUp(mask) ?? blank(game()), () => {
    throw new Missing();
  }).attributions;
  throw faultAt('evaluations_missing', '/method', `the stored evaluations lack masks that ${method.id} needs: fit with the method of the job, or submit a new one`);
}

const blank = ({ columns }: Game) => new Float64Array(columns).fill(NaN);

/** A finished job, opened again: its plan, what it saw, and how that is scored. */
function reopen({ stored, evaluations, directory, limits }: Omit<RefitInput, 'body'>, method?: Method) {
  const request = requestSchema.parse(JSON.parse(stored.request));
  const kept = unpackEvaluations(evaluations);
  const planned = planFor(request, directory, { ...limits, maxCalls: Infinity });
  const { scorer } = JSON.parse(stored.result) as Pick<Result, 'scorer'>;
  const scoring = scoringOf(named(request.scorer, scorer.id), method ?? planned.method);
  const plan = scoring.scorer.consults && planned.compared ? planned.compared : planned;
  const advice = (consultation: Consultation): number => {
    const said = kept.advice?.numbers.get(adviceKey(consultation));
    if (said === undefined) throw faultAt('evaluations_missing', '/targets', `${scoring.scorer.id} was not asked about these targets, and nobody is asked now: submit a new explanation with them`);
    return said;
  };
  const basis = { reference: kept.completion, grid: kept.grid, others: kept.others, opening: kept.opening };
  const outcomes = kept.evaluations.map((evaluation) => evaluation.outcome);
  const values = (targets: readonly Target[]) => valuesOf(scoring, { ...basis, targets, outcomes }, advice);
  return { request, kept, plan, scoring, values };
}

/**
 * Attributions of other targets from stored evaluations: pure, no model call.
 * @throws ProblemError target_not_found, evaluations_missing, scorer_unavailable
 */
export function refit(input: RefitInput): { targets: ResultTarget[]; attributions: ResultAttribution[] } {
  const { body } = input;
  const other = body.method && methodFor(body.method.id);
  const { request, kept, plan, scoring, values } = reopen(input, other);
  const unfit = scoring.scorer.unfit?.(body.targets, scoring.options) ?? null;
  if (unfit !== null) throw faultAt('validation_failed', '/targets', unfit);
  const targets = resolveTargets(body.targets, kept.completion);
  const weights = targetWeights(targets, kept.grid);
  const parents = parentsOf(plan.units, plan.renderer.perturbable);
  const game = (): Game => ({ n: kept.n, columns: targets.length, weights, parents, rng: createRng(request.seed, 'method') });
  const options = (body.method ?? request.method).options;
  const attributions = fitted({ method: other ?? plan.method, own: !other, options, calls: plan.methodCalls, game, stored: kept, values: values(targets) });
  return {
    targets: targets.map((target) => publicTarget(target, kept.completion.text)),
    attributions: attributions.map((attribution, target) => publicAttribution(target, attribution, plan.units, plan.renderer.perturbable)),
  };
}

/** The stored evaluations as a table: tokens, or the job's targets where nothing was weighed. */
export function tabulate(input: Omit<RefitInput, 'body'>): EvaluationTable {
  const { request, kept, plan, values } = reopen(input);
  const targets = resolveTargets(request.targets, kept.completion);
  return asTable(kept, [...plan.renderer.perturbable], { columns: targets.map((target) => target.text), values: kept.grid ? [] : values(targets) });
}
