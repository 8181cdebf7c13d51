/** How the next token is chosen. `temperature` 0 takes the most probable one, whatever the others say. */
export interface SamplingOptions {
  temperature: number;
  /** Smallest set of most probable tokens whose probability reaches this; 1 = all, 0 = the most probable one. */
  topP: number;
}

/** 32-bit mixing: every input bit reaches every output bit (the finaliser of MurmurHash3, Appleby 2011). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A number on [0, 1) that depends on nothing but its arguments, so a choice does not depend on what else is generated.
 * @param seed a safe integer
 */
export function uniform(seed: number, choice: number, step: number): number {
  let h = mix(seed ^ 0x9e3779b9);
  h = mix(h ^ mix(Math.floor(seed / 2 ** 32) + 0x632be5ab));
  h = mix(h ^ mix(choice + 0x7f4a7c15));
  h = mix(h ^ mix(step + 0x2545f491));
  return h / 2 ** 32;
}

/** Position of the greatest of the first `count` values; the first one among equals. */
export function greatest(values: Float32Array, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/**
 * Draws a token from the first `count` logits by inverting the cumulative distribution at `u` on [0, 1). The nucleus is
 * that of Holtzman et al. 2020, section 3.1.
 */
export function pick(logits: Float32Array, count: number, options: SamplingOptions, u: number): number {
  const best = greatest(logits, count);
  if (options.temperature === 0) return best;
  const max = logits[best]!;
  const weights = Float64Array.from(logits.subarray(0, count), (logit) => Math.exp((logit - max) / options.temperature));
  const ids = options.topP < 1 ? nucleus(weights, options.topP) : weights.keys().toArray();
  let left = u * ids.reduce((sum, id) => sum + weights[id]!, 0);
  for (const id of ids) {
    left -= weights[id]!;
    if (left < 0) return id;
  }
  return best;
}

function nucleus(weights: Float64Array, topP: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const ordered = weights.keys().toArray().toSorted((a, b) => weights[b]! - weights[a]! || a - b);
  let sum = 0;
  const size = ordered.findIndex((id) => (sum += weights[id]!) >= topP * total) + 1;
  return ordered.slice(0, size > 0 ? size : ordered.length);
}

/** Where the earliest of the stop texts begins (UTF-16), or null. */
export function findStop(text: string, stops: readonly string[]): number | null {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return places.length === 0 ? null : Math.min(...places);
}
