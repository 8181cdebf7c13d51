import { empty, full, key } from './masks.ts';
import type { Rng } from './rng.ts';
import { pearson, r2, spearman } from './statistics.ts';
import { studentReach } from './student.ts';
import { freshHalfMasks } from './subsets.ts';
import type { Attribution, Mask } from './types.ts';

const LEAST_HELD = 5;
const HELD_SHARE = 0.1;
/** Fewer points than this have no correlation worth the name. */
const LEAST_JUDGED = 4;
/** Share of the variance to be explained for `good`, and below which a sum of single units is not adequate. */
const GOOD = 0.8;
const ADEQUATE = 0.5;
/** A score below this is rounding. */
const NOTHING = 1e-9;

export interface HeldOut {
  /** 1 − residual over total sum of squares on the held-out masks; null where it does not exist. */
  holdout_r2: number | null;
  /** Linear datamodelling score: Spearman's correlation of predicted and seen values; null where it does not exist. */
  lds: number | null;
  verdict: 'good' | 'weak' | 'unusable';
  reasons: string[];
}

/**
 * Masks that test an attribution and must not be used to fit it: half masks, at least a tenth of `evaluations` and at
 * least five. They differ from one another where 2^n allows, and are neither full nor empty when n > 2.
 */
export function heldOutMasks(n: number, evaluations: number, rng: Rng): Mask[] {
  const count = Math.max(LEAST_HELD, Math.ceil(HELD_SHARE * evaluations));
  const ends = n > 2 ? [key(full(n)), key(empty(n))] : [];
  const distinct = freshHalfMasks(n, Math.min(count, 2 ** n - ends.length), new Set(ends), rng);
  return Array.from({ length: count }, (_, at) => distinct[at % distinct.length] as Mask);
}

/**
 * The value an attribution predicts for a mask: intercept − Σ over absent units of their score − ½ Σ of the scores of
 * the interactions of which exactly one unit is absent. (The model is μ + Σ sᵢzᵢ + Σ Δᵢⱼzᵢzⱼ with z = ±½; the intercept
 * is its value at the full mask, and a pair's term differs from there by ½Δ exactly when its units differ.) Units
 * without a score count as if they had no effect.
 */
export function predict({ scores, intercept, interactions }: Attribution, mask: Mask): number {
  let value = intercept;
  for (let i = 0; i < mask.length; i++) {
    const score = scores[i] as number;
    if (mask[i] === 0 && !Number.isNaN(score)) value -= score;
  }
  for (const { units: [first, second], score } of interactions ?? []) {
    if (mask[first as number] !== mask[second as number]) value -= score / 2;
  }
  return value;
}

/**
 * Compares one target's attribution with values that it was not fitted to (`values[i]` belongs to `masks[i]`, NaN =
 * failed). `unusable` when the order is no better than chance (one-sided test at 5 %), or when a sum of single units
 * explains less than half of the variance at any scale and the method did not look for pairs. methods.md section 7.
 */
export function heldOut(attribution: Attribution, masks: readonly Mask[], values: ArrayLike<number>): HeldOut {
  const rows = [...masks.keys()].filter((row) => !Number.isNaN(values[row]));
  const seen = rows.map((row) => values[row] as number);
  const predicted = rows.map((row) => predict(attribution, masks[row] as Mask));
  const failed = masks.length - rows.length;
  const reasons = failed > 0 ? [`${failed} of ${masks.length} held-out evaluations failed.`] : [];
  const lds = numberOrNull(spearman(predicted, seen));
  const explained = numberOrNull(r2(predicted, seen));
  const found = (verdict: HeldOut['verdict'], reason?: string): HeldOut => {
    const all = reason === undefined ? reasons : [...reasons, reason];
    if (rows.length < LEAST_JUDGED) return { holdout_r2: null, lds: null, verdict, reasons: all };
    return { holdout_r2: explained, lds, verdict, reasons: all };
  };
  if (Number.isNaN(attribution.intercept)) return found('unusable', 'Too many evaluations failed to fit this target.');
  if (rows.length < LEAST_JUDGED) return found('weak', `Only ${rows.length} held-out evaluations: too few to judge the fit.`);
  if (explained === null) {
    return varies(predicted)
      ? found('unusable', 'The value did not change under any held-out mask, although the attribution says that it should.')
      : attribution.scores.some((score) => Math.abs(score) > NOTHING)
        ? found('weak', 'No held-out mask took away what has a score, so the scores could not be checked.')
        : found('good', 'The value did not change under any held-out mask: nothing that was taken away mattered.');
  }
  // near ties make ranks meaningless where the sizes are told almost to the last digit
  if (explained >= GOOD) return found('good');
  if (lds === null) return found('unusable', 'The value changes, but the attribution predicts the same for every held-out mask.');
  if (!beatsChance(lds, rows.length)) {
    return found('unusable', 'The order of held-out values is predicted no better than chance.');
  }
  const share = pearson(predicted, seen) ** 2;
  const percent = `${Math.round(100 * Math.max(0, explained))} %`;
  if (share < ADEQUATE && attribution.interactions === undefined) {
    const short = `A sum of single units explains only ${percent} of the variation`;
    return found('unusable', `${short}, and this method does not look for pairs.`);
  }
  if (share >= GOOD) {
    return found('weak', `The order of held-out values is predicted well, not their size: ${percent} of the variation is explained.`);
  }
  return found('weak', `Only ${percent} of the variation of held-out values is explained.`);
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function varies(values: readonly number[]): boolean {
  const spread = Math.max(...values) - Math.min(...values);
  return spread > 1e-9 * Math.max(...values.map(Math.abs));
}

/** One-sided 5 % test that a correlation of `points` pairs is above 0, by Student's t. */
function beatsChance(correlation: number, points: number): boolean {
  if (correlation >= 1) return true;
  const degrees = points - 2;
  return correlation * Math.sqrt(degrees / (1 - correlation * correlation)) > studentReach(0.9, degrees);
}
