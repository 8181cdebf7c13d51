import type { Highlight } from '../contract/highlight.ts';
import type { Faithfulness, Result, ResultTarget } from '../contract/resource.ts';
import { codePointOffset } from '../core/codepoints.ts';
import type { Noise } from '../core/sampling/noise.ts';
import type { Target } from '../core/types.ts';
import { toPublicUnits } from '../core/units.ts';
import type { Answers } from './answers.ts';
import type { Budget } from './budget.ts';
import { comparisonKey, tokensScored } from './comparison.ts';
import type { Counsel } from './counsel.ts';
import { missingAdvice } from './enough.ts';
import type { Evaluator } from './evaluator.ts';
import { highlightCalls } from './highlightplan.ts';
import { overshadowed, publicNoise, samplingNotes } from './noise-words.ts';
import type { AnyPlan, Plan } from './plan.ts';
import type { Played } from './play.ts';
import type { Setting } from './setting.ts';
import { publicAttribution } from './shown.ts';

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

/** What the results of all jobs are made of. */
export interface Ending {
  version: string;
  plan: AnyPlan;
  setting: Setting;
  targets: readonly Target[];
  /** Log-probabilities that are only a bound; null where answers are compared. */
  censored: number | null;
  /** How far values are off by the server's arithmetic, one per target; null where that is not known. */
  floor: readonly number[] | null;
  evaluator: Pick<Evaluator, 'counts'>;
  /** Answers beside the evaluations, where there are some. */
  answers?: Pick<Answers, 'counts'>;
  counsel: Counsel;
  budget: Budget;
  cancelled: boolean;
}

const NONE = { asked: 0, cached: 0, failed: 0 };

type Common = Omit<Result, 'units' | 'attributions' | 'noise' | 'faithfulness' | 'contrast' | 'highlight'>;

/** What the results of all jobs have. */
export function commonResult({ version, plan, setting, targets, evaluator, answers, counsel, budget, cancelled, censored, floor }: Ending, stopped: Result['stopped_by']): Common {
  const { reference, scoring } = setting;
  const { used } = budget;
  const mute = missingAdvice(counsel);
  const { asked, cached, failed } = answers?.counts ?? NONE;
  const { counts } = evaluator;
  const masks = plan.methodCalls + plan.heldOutCalls + plan.checkCalls;
  return {
    completion: reference.text,
    targets: targets.map((target) => publicTarget(target, reference.text)),
    scorer: {
      id: scoring.scorer.id,
      rung: setting.rung,
      unit: scoring.unit,
      tokens_scored: tokensScored(setting),
      censored_tokens: censored,
      noise_floor: floor && [...floor],
      comparison_key: (censored ?? 0) > 0 ? null : comparisonKey(plan, setting, targets),
      notes: [...setting.notes, ...samplingNotes(plan, setting), ...(mute === null ? [] : [mute])],
    },
    evaluations: {
      planned: plan.weighings * (plan.references + plan.repeats * masks) + highlightCalls(plan.asked, plan).answers,
      distinct: counts.distinct + asked + cached,
      asked: counts.asked + asked,
      cached: counts.cached + cached,
      failed: counts.failed + failed,
    },
    usage: {
      calls: used.calls,
      http_requests: used.httpRequests,
      prompt_tokens: used.promptTokens,
      cached_tokens: used.cachedTokens,
      completion_tokens: used.completionTokens,
      cost_usd: budget.priced ? used.costUsd : null,
    },
    stopped_by: cancelled ? 'cancelled' : budget.spent ? 'budget' : stopped,
    seed: plan.request.seed,
    versions: { service: version, method: `${plan.request.method.id}@1` },
  };
}

interface AssembleInput extends Ending {
  plan: Plan;
  played: Played;
  noise: Noise | null;
  faithfulness: Faithfulness;
  highlighted: Highlight | null;
}

/** The result of a job that made attributions, as the contract shows it. */
export function assemble({ played, noise, faithfulness, highlighted, ...ending }: AssembleInput): Result {
  const { finding, shown } = played;
  const attributions = finding.attributions.map((attribution, target) => publicAttribution(target, attribution, shown, ending.floor?.[target]));
  return {
    ...commonResult(ending, finding.stopped),
    units: toPublicUnits(shown.units),
    attributions,
    noise: noise && publicNoise(ending.plan.repeats, noise),
    faithfulness: overshadowed(faithfulness, attributions[0], noise ? { by: 'sampling' } : { by: 'weighing', floor: ending.floor?.[0] }),
    contrast: null,
    highlight: highlighted,
  };
}
