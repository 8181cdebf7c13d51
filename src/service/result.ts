import type { Faithfulness, Result, ResultAttribution, ResultTarget } from '../contract/resource.ts';
import { codePointOffset } from '../core/codepoints.ts';
import type { Attribution, Finding, Target, Unit } from '../core/types.ts';
import { toPublicUnits } from '../core/units.ts';
import type { Budget } from './budget.ts';
import type { Counsel } from './counsel.ts';
import { missingAdvice } from './enough.ts';
import type { Evaluator } from './evaluator.ts';
import type { Plan } from './plan.ts';
import type { Setting } from './setting.ts';

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A target as shown: offsets in code points of the completion. */
export function publicTarget(target: Target, completion: string): ResultTarget {
  return {
    index: target.index,
    kind: target.spec.kind,
    start: codePointOffset(completion, target.start),
    end: codePointOffset(completion, target.end),
    text: target.text,
  };
}

/** An attribution over perturbable units laid onto all units: null where fixed or not evaluated. */
export function publicAttribution(target: number, attribution: Attribution, units: readonly Unit[], perturbable: Int32Array): ResultAttribution {
  const scores: (number | null)[] = units.map(() => null);
  const intervals: ([number, number] | null)[] | null = attribution.intervals ? units.map(() => null) : null;
  let missing = 0;
  perturbable.forEach((unit, position) => {
    const score = finite(attribution.scores[position] ?? NaN);
    scores[unit] = score;
    if (score === null) missing += 1;
    const interval = attribution.intervals?.[position];
    if (intervals && interval && interval.every(Number.isFinite)) intervals[unit] = [interval[0], interval[1]];
  });
  return {
    target,
    scores,
    intervals,
    intercept: finite(attribution.intercept),
    interactions: (attribution.interactions ?? []).map((pair) => ({ ...pair, units: pair.units.map((position) => perturbable[position] ?? 0) })),
    reasons: missing > 0 ? [`${missing} of ${perturbable.length} units have no score: the evaluations they need failed or were not asked`] : [],
  };
}

interface AssembleInput {
  version: string;
  plan: Plan;
  setting: Setting;
  targets: readonly Target[];
  finding: Finding;
  faithfulness: Faithfulness;
  evaluator: Evaluator;
  counsel: Counsel;
  budget: Budget;
  cancelled: boolean;
}

/** The result as the contract shows it. */
export function assemble({ version, plan, setting, targets, finding, faithfulness, evaluator, counsel, budget, cancelled }: AssembleInput): Result {
  const { reference, scoring } = setting;
  const { used } = budget;
  const mute = missingAdvice(counsel);
  return {
    completion: reference.text,
    units: toPublicUnits(plan.units),
    targets: targets.map((target) => publicTarget(target, reference.text)),
    attributions: finding.attributions.map((attribution, target) => publicAttribution(target, attribution, plan.units, plan.renderer.perturbable)),
    scorer: { id: scoring.scorer.id, rung: setting.rung, unit: scoring.unit, notes: [...setting.notes, ...(mute === null ? [] : [mute])] },
    faithfulness,
    evaluations: { planned: plan.weighings * (plan.methodCalls + plan.heldOutCalls + plan.checkCalls), ...evaluator.counts },
    usage: {
      calls: used.calls,
      http_requests: used.httpRequests,
      prompt_tokens: used.promptTokens,
      cached_tokens: used.cachedTokens,
      completion_tokens: used.completionTokens,
      cost_usd: budget.priced ? used.costUsd : null,
    },
    stopped_by: cancelled ? 'cancelled' : budget.spent ? 'budget' : finding.stopped,
    seed: plan.request.seed,
    versions: { service: version, method: `${plan.method.id}@1` },
  };
}
