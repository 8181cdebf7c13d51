import { binomial, complement, empty, full } from '../masks.ts';
import type { Rng } from '../rng.ts';
import { sampleSubsets } from '../subsets.ts';
import type { Mask } from '../types.ts';

/** Pairs of a mask and its complement of one size: `pairs` exist, `expected` of them are drawn on average. */
interface Stratum {
  size: number;
  pairs: number;
  expected: number;
}

export interface KernelDesign {
  /** The full mask, the empty one, then pairs: a mask at an even place, its complement after it. n ≥ 1. */
  masks: readonly Mask[];
  /** Weight of each mask in the regression; 0 for the first two, which the constraint holds exactly. */
  weights: Float64Array;
  /** Chance of each mask to be in the sample; 1 where nothing was left to luck. */
  chances: Float64Array;
}

/**
 * Shares a number of pairs out among the sizes 1 … ⌊n/2⌋ by leverage. Every mask of size s has leverage 1/C(n, s) in
 * the constrained regression (Musco and Witter 2025, section 3), so every size weighs the same; a size that has fewer
 * pairs than its share gives the rest to the others.
 */
function strata(n: number, pairs: number): Stratum[] {
  const all = Array.from({ length: Math.floor(n / 2) }, (_, at): Stratum => {
    const size = at + 1;
    // A mask of half the units and its complement have one size: half as many pairs as masks.
    return { size, pairs: size * 2 === n ? binomial(n - 1, size - 1) : binomial(n, size), expected: 0 };
  });
  let open = all;
  let left = pairs;
  while (open.length > 0) {
    const total = open.reduce((sum, stratum) => sum + sizes(n, stratum), 0);
    const share = left / total;
    const filled = open.filter((stratum) => stratum.pairs <= share * sizes(n, stratum));
    for (const stratum of open) stratum.expected = Math.min(stratum.pairs, share * sizes(n, stratum));
    if (filled.length === 0) break;
    left -= filled.reduce((sum, stratum) => sum + stratum.pairs, 0);
    open = open.filter((stratum) => !filled.includes(stratum));
  }
  return all;
}

/** How many sizes a stratum's masks have: its pairs' leverages add up to this. */
function sizes(n: number, { size }: Stratum): number {
  return size * 2 === n ? 1 : 2;
}

/** Pairs of a mask and its complement, the full and the empty one left out. */
function pairsOf(n: number): number {
  return 2 ** (n - 1) - 1;
}

/** `count` distinct masks of one stratum, one of each pair. */
function draw(n: number, { size }: Stratum, count: number, rng: Rng): Mask[] {
  const half = size * 2 === n;
  // Of two halves that complete each other, the one that holds unit 0 stands for the pair.
  const subsets = half
    ? sampleSubsets(n - 1, size - 1, count, rng).map((rest) => [0, ...rest.map((unit) => unit + 1)])
    : sampleSubsets(n, size, count, rng);
  return subsets.map((subset) => {
    const mask = empty(n);
    for (const unit of subset) mask[unit] = 1;
    return mask;
  });
}

/**
 * Masks for the kernel estimator: pairs of a mask and its complement, without replacement, by leverage score (Musco
 * and Witter 2025, "Provably Accurate Shapley Value Estimation via Leverage Score Sampling", section 3). Where the
 * paper tosses a coin per pair, the number per size is fixed up to one by systematic rounding, with the same chances:
 * the sample is never larger than asked, and less is left to luck.
 *
 * A row's weight is the Shapley kernel 1/(C(n, s)·s·(n − s)) over its chance of being drawn; the binomials cancel, which
 * keeps it finite for any n.
 * @param count masks at most, the full and the empty one included; 2^n or more gives them all
 */
export function kernelDesign(n: number, count: number, rng: Rng): KernelDesign {
  const masks: Mask[] = [full(n), empty(n)];
  const weights = [0, 0];
  const chances = [1, 1];
  const wanted = Math.max(0, Math.min(Math.floor((count - 2) / 2), pairsOf(n)));
  const start = rng();
  let before = 0;
  let drawn = 0;
  for (const stratum of strata(n, wanted)) {
    before += stratum.expected;
    const until = Math.min(wanted, Math.floor(before + start + 1e-9));
    const sample = draw(n, stratum, Math.min(stratum.pairs, until - drawn), rng);
    drawn += sample.length;
    const weight = sizes(n, stratum) / (2 * stratum.size * (n - stratum.size) * stratum.expected);
    const chance = stratum.expected / stratum.pairs;
    for (const mask of sample) {
      masks.push(mask, complement(mask));
      weights.push(weight, weight);
      chances.push(chance, chance);
    }
  }
  return { masks, weights: Float64Array.from(weights), chances: Float64Array.from(chances) };
}
