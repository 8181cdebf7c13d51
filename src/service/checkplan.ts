import type { ChecksRequest } from '../contract/checks.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import { mostChecks } from '../core/curves/bound.ts';
import { checkDesign } from '../core/curves/design.ts';
import type { CheckSpec } from '../core/curves/spec.ts';
import { textWeights } from '../core/curves/weights.ts';
import { createRng } from '../core/rng.ts';
import type { Mask, Target, Unit } from '../core/types.ts';
import { faultAt } from '../errors.ts';

/** What a request wants checked, as the core takes it. */
export function checkSpec({ checks, baselines, top_k: topK }: ChecksRequest): CheckSpec {
  return { checks, baselines, topK };
}

/**
 * The most evaluations that the checks of a request can take, whatever the scores will be.
 * @param mostUnits perturbable units at most: those of finer levels are known only by their number, and count as equal
 */
export function checkCallsOf(request: ExplanationRequest, units: readonly Unit[], perturbable: Int32Array, mostUnits: number): number {
  if (!request.faithfulness) return 0;
  const spec = checkSpec(request.faithfulness);
  const cut = mostUnits > perturbable.length ? mostChecks(new Float64Array(mostUnits).fill(1), spec) : 0;
  return Math.max(cut, mostChecks(textWeights(units, perturbable), spec));
}

/** Masks like those of the checks: as they would be if all scores were equal. */
export function checkMasksLike(request: ExplanationRequest, units: readonly Unit[], perturbable: Int32Array): readonly Mask[] {
  if (!request.faithfulness) return [];
  const scores = new Float64Array(perturbable.length);
  return checkDesign(scores, textWeights(units, perturbable), checkSpec(request.faithfulness), createRng(request.seed, 'checks')).masks;
}

/** @throws ProblemError target_not_found when the target to be checked is not among those of the job */
export function refuseUncheckable({ faithfulness }: ExplanationRequest, targets: readonly Target[]): void {
  const target = faithfulness?.target ?? 0;
  if (target >= targets.length) throw faultAt('target_not_found', '/faithfulness/target', `there is no target ${target}: the job has ${targets.length}, counted from 0`);
}
