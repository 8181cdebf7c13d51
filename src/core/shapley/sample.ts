/*
 * How many masks a sampling estimator of Shapley or Owen values takes.
 */

/** Walks (an order with its reverse) when neither the caller nor a budget says how many. */
const OPEN_WALKS = 16;
/** Fewer walks have no spread between them, hence no interval. */
const LEAST_WALKS = 2;

/** Masks that so many walks of n ≥ 1 units pass at most: 2(n − 1) each besides the full and the empty one; 2^n exist. */
function walkMasks(n: number, walks: number): number {
  return Math.min(2 ** n, 2 + 2 * walks * Math.max(0, n - 1));
}

/**
 * Masks of a sample whose size is free: the whole budget, or what 16 walks need when it is open; never fewer than two
 * walks need, nor more than there are.
 */
export function freeSample(n: number, budget: number): number {
  const wanted = Number.isFinite(budget) ? Math.min(2 ** n, Math.floor(budget)) : walkMasks(n, OPEN_WALKS);
  return Math.max(walkMasks(n, LEAST_WALKS), wanted);
}
