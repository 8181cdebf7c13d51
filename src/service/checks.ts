import type { Faithfulness } from '../contract/resource.ts';
import { checkDesign } from '../core/curves/design.ts';
import { doubtsOf } from '../core/curves/doubts.ts';
import { type CheckReport, checkReport, type CurveFigures, type RationaleFigures } from '../core/curves/report.ts';
import { textWeights } from '../core/curves/weights.ts';
import { wordsOf } from '../core/curves/words.ts';
import type { HeldOut } from '../core/faithfulness.ts';
import { createRng } from '../core/rng.ts';
import type { Mask, Values } from '../core/types.ts';
import { checkSpec } from './checkplan.ts';
import type { Plan } from './plan.ts';
import type { Played } from './play.ts';

export interface Checked {
  target: number;
  report: CheckReport;
  doubts: readonly string[];
  /** Evaluations that the endpoint was asked for. */
  calls: number;
}

/**
 * Asks, in one round, what the request wants the scores to be checked by; null where it wants nothing.
 * @param valuesOf one row per mask, one column per target; NaN where an evaluation failed or was not asked
 * @param used     calls of the job so far
 */
export async function check(plan: Plan, { finding, shown }: Pick<Played, 'finding' | 'shown'>, valuesOf: (masks: readonly Mask[]) => Promise<Values>, used: () => number): Promise<Checked | null> {
  const asked = plan.request.faithfulness;
  const attribution = finding.attributions[asked?.target ?? 0];
  if (!asked || !attribution) return null;
  const weights = textWeights(shown.units, shown.leaves);
  const design = checkDesign(attribution.scores, weights, checkSpec(asked), createRng(plan.request.seed, 'checks'));
  const before = used();
  const rows = await valuesOf(design.masks);
  const values = Float64Array.from(rows, (row) => row[asked.target] ?? NaN);
  return { target: asked.target, report: checkReport(design, values), doubts: doubtsOf(design, values), calls: used() - before };
}

function curve(found: CurveFigures | null) {
  if (!found) return null;
  const { heights, ...figures } = found;
  return { figures, heights };
}

function rationale(found: RationaleFigures | null, perturbable: Int32Array): Faithfulness['sufficiency'] {
  return found && { k: found.units.length, ...found, units: found.units.map((position) => perturbable[position] ?? 0) };
}

/** The held-out check with what was asked beside it, as the contract shows it; doubts keep a verdict from being `good`. */
export function publicFaithfulness(heldOut: HeldOut, checked: Checked | null, perturbable: Int32Array): Faithfulness {
  if (!checked) return { ...heldOut, checked: null, deletion: null, insertion: null, top_k: null, sufficiency: null, necessity: null };
  const { target, report, doubts, calls } = checked;
  const [deletion, insertion] = [curve(report.deletion), curve(report.insertion)];
  return {
    ...heldOut,
    verdict: doubts.length > 0 && heldOut.verdict === 'good' ? 'weak' : heldOut.verdict,
    reasons: [...heldOut.reasons, ...doubts, ...wordsOf(report)],
    checked: { target, full: report.full, empty: report.empty, needed: report.needed, missing: report.missing, calls },
    deletion: deletion && { ...deletion.figures, drops: deletion.heights },
    insertion: insertion && { ...insertion.figures, rises: insertion.heights },
    top_k: report.topK,
    sufficiency: rationale(report.sufficiency, perturbable),
    necessity: rationale(report.necessity, perturbable),
  };
}
