import type { Effects } from '../effects.ts';
import { studentReach } from '../student.ts';
import { mean, variance } from '../statistics.ts';

/** A unit below this share of the largest effect does not matter, whatever its sign. */
const MINOR = 0.1;

/**
 * Whether more masks would hardly change what is said of the first `n` features: the units that are not zero are told
 * from those that are (the latter all shown to be smaller than the smallest of the former, or than a tenth of the
 * largest), and the order of the `top` largest among them, the next one included, is certain. Each of the two
 * holds at the asked confidence, for all units at once (Bonferroni).
 */
export function settled({ contributions, estimates, errors }: Effects, n: number, top: number, confidence: number): boolean {
  const degrees = contributions.length - 1;
  const wide = studentReach(1 - (1 - confidence) / n, degrees);
  const sizes = Array.from(estimates.subarray(0, n), Math.abs);
  const size = (i: number): number => sizes[i] as number;
  const units = [...sizes.keys()];
  const clear = units.filter((i) => size(i) > wide * (errors[i] as number)).sort((i, j) => size(j) - size(i));
  const [largest] = clear;
  if (largest === undefined) return errors.subarray(0, n).every((error) => error === 0);
  const floor = Math.max(size(clear.at(-1) as number), MINOR * size(largest));
  const members = new Set(clear);
  if (units.some((i) => !members.has(i) && size(i) + wide * (errors[i] as number) >= floor)) return false;
  const steps = Math.min(top, clear.length - 1);
  // One-sided: only that the order is the other way round would change it.
  const narrow = studentReach(1 - (2 * (1 - confidence)) / Math.max(1, steps), degrees);
  for (let place = 0; place < steps; place++) {
    if (!ahead(contributions, estimates, clear[place] as number, clear[place + 1] as number, narrow)) return false;
  }
  return true;
}

/** Whether feature i is larger than feature j, regardless of signs, by more than `reach` standard errors of the difference. */
function ahead(contributions: readonly Float64Array[], estimates: Float64Array, i: number, j: number, reach: number): boolean {
  const turnI = Math.sign(estimates[i] as number);
  const turnJ = Math.sign(estimates[j] as number);
  const differences = contributions.map((adds) => turnI * (adds[i] as number) - turnJ * (adds[j] as number));
  return mean(differences) > reach * Math.sqrt(variance(differences) / differences.length);
}
