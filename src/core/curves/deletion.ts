import type { Rng } from '../rng.ts';
import type { Mask } from '../types.ts';
import { checkDesign } from './design.ts';
import { checkReport, type CurveFigures } from './report.ts';

/**
 * The deletion curve of any scores on any game, for comparing methods: one round of masks, asked through `evaluate`.
 * @param weights  positive, one per unit; equal ones make the axis a share of units
 * @param evaluate values of the masks in their order, NaN where there is none
 * @returns the curve and the drop that taking everything away makes, which makes areas of different calls comparable
 */
export async function deletionCurve(
  scores: ArrayLike<number>,
  weights: ArrayLike<number>,
  evaluate: (masks: readonly Mask[]) => Promise<ArrayLike<number>>,
  baselines: { count: number; rng: Rng },
): Promise<{ curve: CurveFigures; whole: number }> {
  const design = checkDesign(scores, weights, { checks: ['deletion'], baselines: baselines.count, topK: [] }, baselines.rng);
  const values = await evaluate(design.masks);
  const { deletion } = checkReport(design, values);
  if (!deletion) throw new Error('a deletion curve was designed and is not there');
  return { curve: deletion, whole: (values[design.full] ?? NaN) - (values[design.empty] ?? NaN) };
}
