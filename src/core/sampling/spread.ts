import { variance } from '../statistics.ts';

/** The sampling variance of the means of several masks' samples, in one column. */
export interface Spread {
  /** Of the mean of each mask's samples, in their order; NaN where a mask has none. */
  variances: Float64Array;
  /** Degrees of freedom of each. */
  freedom: Int32Array;
}

/**
 * How far the mean of a mask's samples can lie from the mask's true value. A mask has few samples, so its variance is
 * pooled with a common one, by degrees of freedom: the reference's, or the mean variance within the other masks where that
 * is larger. A mask asked once has the common variance alone; with many samples its own prevails.
 * @param masks    samples of each mask, NaN taken out
 * @param whole    which of them is the unchanged call; it has at least two samples
 * @param farthest see `cautious`; left out: samples that agree are taken at their word
 */
export function spreadOf(masks: readonly (readonly number[])[], whole: number, farthest = 0): Spread {
  const reference = masks[whole] ?? [];
  const given = reference.length - 1;
  const inside = within(masks.filter((_, row) => row !== whole));
  const common = Math.max(inside === null ? cautious(reference, farthest) : variance(reference), inside ?? 0);
  return {
    variances: Float64Array.from(masks, (samples) => {
      const own = samples.length - 1;
      if (own < 0) return Number.NaN;
      const pooled = own === 0 ? common : (given * common + own * variance(samples)) / (given + own);
      return pooled / samples.length;
    }),
    freedom: Int32Array.from(masks, (samples) => given + Math.max(0, samples.length - 1)),
  };
}

/** Of a sample that is assumed beside those that were seen: Jeffreys' prior. */
const ASSUMED = 0.5;

/**
 * The variance of samples as if half a sample more had differed by `farthest`, where that is larger. Answers are few and
 * lumpy: seven that agree, or nearly, do not tell that there is no other, and a method that adds up many masks asked
 * once would take the others that turn up for effects.
 */
function cautious(samples: readonly number[], farthest: number): number {
  const seen = variance(samples);
  const squares = seen * (samples.length - 1) + ((ASSUMED * samples.length) / (samples.length + ASSUMED)) * farthest ** 2;
  return Math.max(seen, squares / (samples.length - 1 + ASSUMED));
}

/** The variance within masks, weighed by degrees of freedom; null where no mask has two samples. */
function within(masks: readonly (readonly number[])[]): number | null {
  const several = masks.filter((samples) => samples.length > 1);
  const freedom = several.reduce((sum, samples) => sum + samples.length - 1, 0);
  if (freedom === 0) return null;
  return several.reduce((sum, samples) => sum + (samples.length - 1) * variance(samples), 0) / freedom;
}
