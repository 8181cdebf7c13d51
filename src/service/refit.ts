import { requestSchema } from '../contract/request.ts';
import type { Choice } from '../contract/parts.ts';
import type { ResultAttribution, ResultTarget } from '../contract/resource.ts';
import { type StoredEvaluations, unpackEvaluations } from '../core/evaluations.ts';
import { key as maskKey } from '../core/masks.ts';
import { createRng } from '../core/rng.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Attribution, Game, Method, TargetSpec, Values } from '../core/types.ts';
import { faultAt } from '../errors.ts';
import { replay } from './drive.ts';
import { type Limits, methodFor, planFor } from './plan.ts';
import type { EndpointDirectory, Stored } from './ports.ts';
import { publicAttribution, publicTarget } from './result.ts';
import { scoringFor, targetWeights, valuesOf } from './scoring.ts';

interface RefitInput {
  stored: Stored;
  evaluations: string;
  body: { targets: readonly TargetSpec[]; method?: Choice | undefined };
  directory: EndpointDirectory;
  limits: Limits;
}

class Missing extends Error {}

/**
 * Replays the method on what is stored, which gives the job's own numbers for the job's own targets. Where it would ask
 * for more (another method, or an adaptive one led elsewhere by other targets) a regression fits whatever masks there are.
 */
function fitted(method: Method, game: Game, options: unknown, calls: number, stored: StoredEvaluations, values: Values): readonly Attribution[] {
  const rows = new Map(stored.evaluations.map((evaluation, row) => [maskKey(evaluation.mask), row]));
  const missing = (): never => {
    throw new Missing();
  };
  try {
    return replay(method, game, options, calls, (mask) => values[rows.get(maskKey(mask)) ?? -1] ?? null, missing).attributions;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
  }
  if (!method.fit) {
    throw faultAt('evaluations_missing', '/method', `the stored evaluations lack masks that ${method.id} needs: fit with the method of the job, or submit a new one`);
  }
  const own = stored.evaluations.flatMap((evaluation, row) => (evaluation.role === 'method' ? [{ mask: evaluation.mask, value: values[row] ?? new Float64Array(game.columns).fill(NaN) }] : []));
  return method.fit(game, own.map(({ mask }) => mask), own.map(({ value }) => value), options);
}

/**
 * Attributions of other targets from stored evaluations: pure, no model call.
 * @throws ProblemError target_not_found, evaluations_missing, scorer_unavailable
 */
export function refit({ stored, evaluations, body, directory, limits }: RefitInput): { targets: ResultTarget[]; attributions: ResultAttribution[] } {
  const request = requestSchema.parse(JSON.parse(stored.request));
  const kept = unpackEvaluations(evaluations);
  const plan = planFor({ ...request, completion: null, targets: [{ kind: 'completion' }] }, directory, { ...limits, maxCalls: Infinity });
  const choice = body.method ?? request.method;
  const method = methodFor(choice.id);
  const scoring = scoringFor(request.scorer, new Set([kept.needs]), body.method ? method : plan.method);
  const targets = resolveTargets(body.targets, kept.completion);
  const values = valuesOf(scoring, kept.completion, kept.grid, targets, kept.evaluations.map((evaluation) => evaluation.outcome));
  const game: Game = { n: kept.n, columns: targets.length, weights: targetWeights(targets, kept.grid), rng: createRng(request.seed, 'method') };
  const calls = plan.methodCalls;
  const attributions = fitted(method, game, choice.options, calls, kept, values);
  return {
    targets: targets.map((target) => publicTarget(target, kept.completion.text)),
    attributions: attributions.map((attribution, target) => publicAttribution(target, attribution, plan.units, plan.renderer.perturbable)),
  };
}
