import { full, key } from '../masks.ts';
import type { Mask, Values } from '../types.ts';

/** The values that one mask had in its samples. */
export interface SampledMask {
  mask: Mask;
  /** [sample][target]; NaN = failed, or not asked. */
  samples: Values;
}

/** What the samples of one column are, without those that failed. */
export function usableSamples(samples: Values, column: number): number[] {
  return samples.map((sample) => sample[column] ?? Number.NaN).filter((value) => !Number.isNaN(value));
}

/** A mask's value, one per column: the mean over the samples that are there, NaN where none is. */
export function meanOfSamples(samples: Values, columns: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) => {
    const seen = usableSamples(samples, column);
    return seen.reduce((sum, value) => sum + value, 0) / seen.length;
  });
}

/** Which of the masks is the unchanged call; −1 where it was not asked. */
export function rowOfWhole(n: number, masks: readonly SampledMask[]): number {
  const whole = key(full(n));
  return masks.findIndex(({ mask }) => key(mask) === whole);
}
