import { codePointCount } from '../codepoints.ts';
import type { Unit } from '../types.ts';

/**
 * What each perturbable unit weighs on a curve's axis: the code points of its text (`[image_url]` for an image), at
 * least 1. Stands in for its tokens, which only the endpoint's tokenizer could count; what matters is each unit's share of all.
 */
export function textWeights(units: readonly Unit[], perturbable: Int32Array): Float64Array {
  return Float64Array.from(perturbable, (unit) => Math.max(1, codePointCount(units[unit]?.text ?? '')));
}
