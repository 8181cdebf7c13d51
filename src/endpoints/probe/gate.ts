import { type Sample, sum, type Trial } from '../ways/way.ts';

/**
 * Whether weighing may be trusted. What was generated must weigh what it was generated with, within max(0.05 per token,
 * 1 %), and another answer must weigh less by more than that. This finds masked and zeroed values, speculative decoding
 * that swallows probabilities, a wrong template, a wrong begin-of-text token and wrong borders, all at once.
 * @returns null, or what is wrong
 */
export function distrust(sample: Sample, { own, other }: Trial): string | null {
  const generated = sum(sample.logprobs);
  const tolerance = Math.max(0.05 * sample.logprobs.length, 0.01 * Math.abs(generated));
  if (Math.abs(own - generated) > tolerance) {
    return `weighing gives ${own.toFixed(2)} nats for what was generated with ${generated.toFixed(2)}`;
  }
  if (other >= own - tolerance) {
    return `another answer weighs ${other.toFixed(2)} nats, no less than the generated one with ${own.toFixed(2)}`;
  }
  return null;
}
