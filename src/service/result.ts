import type { Faithfulness, Result, ResultAttribution, ResultTarget } from '../contract/resource.ts';
import { codePointOffset } from '../core/codepoints.ts';
import type { Attribution, Finding, Target, Unit } from '../core/types.ts';
import type { Noise } from '../core/sampling/noise.ts';
import { toPublicUnits } from '../core/units.ts';
import type { Budget } from './budget.ts';
import type { Counsel } from './counsel.ts';
import { missingAdvice } from './enough.ts';
import type { Evaluator } from './evaluator.ts';
import { overshadowed, publicNoise, samplingNotes } from './noise-words.ts';
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

/** A limit this share of the values beside 0 is 0 but for rounding. */
const ROUNDING = 1e-12;

function zeroIn({ scores, intercept }: Attribution): (interval: readonly [number, number]) => boolean {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score) || 0), Math.abs(intercept) || 0);
  return ([low, high]) => low <= ROUNDING * largest && high >= -ROUNDING * largest;
}

/** An attribution over perturbable units laid onto all units: null where fixed or not evaluated. */
export function publicAttribution(target: number, attribution: Attribution, units: readonly Unit[], perturbable: Int32Array): ResultAttribution {
  const scores: (number | null)[] = units.map(() => null);
  const intervals: ([number, number] | null)[] | null = attribution.intervals ? units.map(() => null) : null;
  const indistinguishable: number[] = [];
  const holdsZero = zeroIn(attribution);
  let missing = 0;
  perturbable.forEach((unit, position) => {
    const score = finite(attribution.scores[position] ?? NaN);
    scores[unit] = score;
    if (score === null) missing += 1;
    const interval = attribution.intervals?.[position];
    if (intervals && interval && interval.every(Number.isFinite)) intervals[unit] = [interval[0], interval[1]];
    if (intervals?.[unit] && score !== null && holdsZero(intervals[unit])) indistinguishable.push(unit);
  });
  return {
    target,
    scores,
    intervals,
    intercept: finite(attribution.intercept),
    interactions: (attribution.interactions ?? []).map((pair) => ({ ...pair, units: pair.units.map((position) => perturbable[position] ?? 0) })),
    reasons: missing > 0 ? [`${missing} of ${perturbable.length} units have no score: the evaluations they need failed or were not asked`] : [],
    indistinguishable,
  };
}

interface AssembleInput {
  version: string;
  plan: Plan;
  setting: Setting;
  targets: readonly Target[];
  finding: Finding;
  noise: Noise | null;
  faithfulness: Faithfulness;
  evaluator: Evaluator;
  counsel: Counsel;
  budget: Budget;
  cancelled: boolean;
}

/** The result as the contract shows it. */
export function assemble({ version, plan, setting, targets, finding, noise, faithfulness, evaluator, counsel, budget, cancelled }: AssembleInput): Result {
  const { reference, scoring } = setting;
  const { used } = budget;
  const mute = missingAdvice(counsel);
  const attributions = finding.attributions.map((attribution, target) => publicAttribution(target, attribution, plan.units, plan.renderer.perturbable));
  const masks = plan.methodCalls + plan.heldOutCalls + plan.checkCalls;
  return {
    completion: reference.text,
    units: toPublicUnits(plan.units),
    targets: targets.map((target) => publicTarget(target, reference.text)),
    attributions,
    scorer: { id: scoring.scorer.id, rung: setting.rung, unit: scoring.unit, notes: [...setting.notes, ...samplingNotes(plan, setting), ...(mute === null ? [] : [mute])] },
    noise: noise && publicNoise(plan.repeats, noise),
    faithfulness: noise ? { ...faithfulness, ...overshadowed(faithfulness, attributions[0]) } : faithfulness,
    evaluations: { planned: plan.weighings * (plan.references + plan.repeats * masks), ...evaluator.counts },
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
