import type { CheckSpec } from './spec.ts';
import { mostCurveSteps, mostHeadSteps } from './steps.ts';

/**
 * The most evaluations that `checkDesign` can ask for, whatever the scores turn out to be: known before the first call.
 * Masks that lack the highest units are shared by the deletion curve, top-k drops, necessity and the reverse of the
 * insertion curve; masks that have only them by the other half.
 */
export function mostChecks(weights: ArrayLike<number>, { checks, baselines, topK }: CheckSpec): number {
  const n = weights.length;
  if (n === 0 || checks.length === 0) return 0;
  const asked = (check: CheckSpec['checks'][number], count: number) => (checks.includes(check) ? count : 0);
  const head = mostHeadSteps(weights);
  const curve = mostCurveSteps(n);
  const drops = new Set(topK.filter((k) => k < n)).size;
  const between = (count: number) => Math.min(n - 1, count);
  const lacking = between(asked('deletion', curve) + asked('insertion', head) + asked('top_k', drops) + asked('necessity', 1));
  const having = between(asked('insertion', curve) + asked('deletion', head) + asked('sufficiency', 1));
  const random = between(asked('deletion', head) + asked('top_k', drops)) + between(asked('insertion', head));
  return Math.min(2 ** n, 2 + lacking + having + baselines * random);
}
