import { newcombe, type Interval } from '../proportions.ts';
import { studentReach } from '../student.ts';

/** One mask as one side of a difference. */
export interface Side {
  /** NaN taken out. */
  samples: readonly number[];
  /** Of the mean of the samples, and its degrees of freedom (core/sampling/spread.ts). */
  variance: number;
  freedom: number;
}

/**
 * The interval of the difference of two means of samples: Welch's (1947) form, each side with its own variance. Since
 * both variances lean on the reference's they are not independent, so the degrees of freedom are the fewer of the two
 * and not Satterthwaite's, which would count the reference twice. [NaN, NaN] where a side has no sample.
 */
export function differenceOfMeans(first: Side, second: Side, confidence: number): Interval {
  if (first.samples.length === 0 || second.samples.length === 0) return [Number.NaN, Number.NaN];
  const difference = average(first.samples) - average(second.samples);
  const reach = studentReach(confidence, Math.min(first.freedom, second.freedom)) * Math.sqrt(first.variance + second.variance);
  return [difference - reach, difference + reach];
}

/** The interval of the difference of two rates, whose samples are all 0 or 1: Newcombe's. [NaN, NaN] as above. */
export function differenceOfRates(first: readonly number[], second: readonly number[], confidence: number): Interval {
  if (first.length === 0 || second.length === 0) return [Number.NaN, Number.NaN];
  return newcombe(counted(first), counted(second), confidence);
}

/** Samples of 0 and 1 as a proportion. */
export function counted(samples: readonly number[]): { successes: number; trials: number } {
  return { successes: samples.reduce((sum, value) => sum + value, 0), trials: samples.length };
}

function average(samples: readonly number[]): number {
  return samples.reduce((sum, value) => sum + value, 0) / samples.length;
}
