import { requestSchema } from '../contract/request.ts';
import type { Choice } from '../contract/parts.ts';
import type { Result, ResultAttribution, ResultTarget } from '../contract/resource.ts';
import { asTable, type EvaluationTable, unpackEvaluations } from '../core/evaluations.ts';
import { parentsOf } from '../core/parents.ts';
import { createRng } from '../core/rng.ts';
import { bySample } from '../core/sampling/group.ts';
import { meanOfSamples } from '../core/sampling/samples.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Consultation, Game, Method, Target, TargetSpec } from '../core/types.ts';
import { faultAt } from '../errors.ts';
import type { Samples } from './drive.ts';
import { fitted } from './fitted.ts';
import { noisy } from './noisy.ts';
import { type Limits, methodFor, planFor, settledPlan } from './plan.ts';
import type { EndpointDirectory, Stored } from './ports.ts';
import { adviceKey } from './question.ts';
import { publicAttribution, publicTarget } from './result.ts';
import { named, sampleValues, scoringOf, targetWeights } from './scoring.ts';

interface RefitInput {
  stored: Stored;
  evaluations: string;
  body: { targets: readonly TargetSpec[]; method?: Choice | undefined };
  directory: EndpointDirectory;
  limits: Limits;
}

/** A finished job, opened again: its plan, what it saw, and how that is scored. */
function reopen({ stored, evaluations, directory, limits }: Omit<RefitInput, 'body'>, method?: Method) {
  const request = requestSchema.parse(JSON.parse(stored.request));
  const kept = unpackEvaluations(evaluations);
  const planned = planFor(request, directory, { ...limits, maxCalls: Infinity });
  const { scorer } = JSON.parse(stored.result) as Pick<Result, 'scorer'>;
  const scoring = scoringOf(named(request.scorer, scorer.id), method ?? planned.method);
  const plan = settledPlan((scoring.scorer.consults && planned.compared) || planned, scoring.scorer.needs);
  const advice = (consultation: Consultation): number => {
    const said = kept.advice?.numbers.get(adviceKey(consultation));
    if (said === undefined) throw faultAt('evaluations_missing', '/targets', `${scoring.scorer.id} was not asked about these targets, and nobody is asked now: submit a new explanation with them`);
    return said;
  };
  const basis = { reference: kept.completion, grid: kept.grid, others: kept.others, opening: kept.opening };
  const score = (targets: readonly Target[], samples: readonly Samples[]) => sampleValues(scoring, basis, targets, samples, advice);
  return { request, kept, plan, scoring, score };
}

/**
 * Attributions of other targets from stored evaluations: pure, no model call.
 * @throws ProblemError target_not_found, evaluations_missing, scorer_unavailable
 */
export function refit(input: RefitInput): { targets: ResultTarget[]; attributions: ResultAttribution[] } {
  const { body } = input;
  const other = body.method && methodFor(body.method.id);
  const { request, kept, plan, scoring, score } = reopen(input, other);
  const unfit = scoring.scorer.unfit?.(body.targets, scoring.options) ?? null;
  if (unfit !== null) throw faultAt('validation_failed', '/targets', unfit);
  const targets = resolveTargets(body.targets, kept.completion);
  const weights = targetWeights(targets, kept.grid);
  const parents = parentsOf(plan.units, plan.renderer.perturbable);
  const game = (): Game => ({ n: kept.n, columns: targets.length, weights, parents, rng: createRng(request.seed, 'method') });
  const options = (body.method ?? request.method).options;
  const played = { method: other ?? plan.method, own: !other, options, calls: plan.methodCalls, game };
  const asked = bySample(kept.evaluations);
  const scored = (samples: readonly Samples[]) => score(targets, samples);
  const values = scored(asked.map(({ outcomes }) => outcomes)).map((samples) => meanOfSamples(samples, targets.length));
  const found = fitted({ ...played, seen: asked, values });
  const { attributions } = noisy({ ...played, scorer: scoring.scorer, evaluations: kept.evaluations, score: scored, attributions: found, seed: request.seed });
  return {
    targets: targets.map((target) => publicTarget(target, kept.completion.text)),
    attributions: attributions.map((attribution, target) => publicAttribution(target, attribution, plan.units, plan.renderer.perturbable)),
  };
}

/** The stored evaluations as a table: tokens, or the job's targets where nothing was weighed. */
export function tabulate(input: Omit<RefitInput, 'body'>): EvaluationTable {
  const { request, kept, plan, score } = reopen(input);
  const targets = resolveTargets(request.targets, kept.completion);
  const values = () => score(targets, kept.evaluations.map(({ outcome }) => [outcome])).flat();
  return asTable(kept, [...plan.renderer.perturbable], { columns: targets.map((target) => target.text), values: kept.grid ? [] : values() });
}
