import type { TokenNoise } from '../../core/types.ts';
import { type Sample, sum, type Trial } from '../ways/way.ts';

/**
 * Whether weighing may be trusted. What was generated must weigh what it was generated with, within max(0.05 per token,
 * 1 %), and another answer must weigh less by more than that. This finds masked and zeroed values, speculative decoding
 * that swallows probabilities, a wrong template, a wrong begin-of-text token and wrong borders, all at once.
 * @returns null, or what is wrong
 */
export function distrust(sample: Sample, { own: weighed, other }: Trial): string | null {
  const own = sum(weighed);
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

/**
 * How far weighing was off from generating, per token: the same log-probability, computed twice and otherwise each time
 * (in a batch or alone, step by step or at once, from a cache or not). Where the tokens are not those that were
 * generated, all there is is one difference of sums.
 */
export function noiseOf({ logprobs }: Sample, { own }: Trial): TokenNoise {
  const off = own.length === logprobs.length ? own.map((value, index) => value - (logprobs[index] ?? 0)) : [(sum(own) - sum(logprobs)) / Math.sqrt(logprobs.length)];
  return { sd: Math.sqrt(sum(off.map((each) => each * each)) / off.length), seen: off.length };
}
