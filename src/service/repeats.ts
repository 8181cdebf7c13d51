import type { ExplanationRequest } from '../contract/request.ts';
import { scorerById } from '../core/scorers/index.ts';
import type { Call, Need } from '../core/types.ts';

/** How often masks are to be asked, and the unchanged call beside its completion. */
export interface Repeats {
  /** Answers per mask. */
  repeats: number;
  /** Answers of the unchanged call that the noise floor wants; fewer where the budget has no room, 0 where there is none. */
  references: number;
  /** Whether equal calls may be answered differently: then the completion itself is no sample of the unchanged call. */
  noisy: boolean;
}

/** Weighing a given completion samples nothing. */
export const ONCE: Repeats = { repeats: 1, references: 0, noisy: false };

/**
 * Samples of the unchanged call at least. Where a call is answered in one way with probability 1 − p and in another with
 * p, all R samples agree and one mask differs from them with probability (1 − p)^R·p, and that passes for an effect; at
 * its worst p it is below 5 % from R = 7 on.
 */
const LEAST_REFERENCES = 7;

/** What a request asks for, where answers are compared. */
export function repeatsOf(request: ExplanationRequest, call: Call): Repeats {
  const { repeats: asked } = request.scorer.options as { repeats?: number | null };
  const repeats = asked ?? 1;
  // left out, the temperature is the server's own, which normally samples
  const noisy = repeats > 1 || call['temperature'] !== 0;
  return { repeats, references: noisy ? Math.max(LEAST_REFERENCES, repeats) : 0, noisy };
}

/**
 * Which ways a scorer may have to be fed: `auto` is settled only when the endpoint was asked.
 * @param apart whether answers are to be told apart: then `auto` compares them
 */
export function waysOf(scorerId: string, apart: boolean): ReadonlySet<Need> {
  if (scorerId !== 'auto') return new Set([scorerById(scorerId).needs]);
  return new Set(apart ? ['text'] : ['text', 'likelihood', 'opening']);
}

/** Limits of seeds that servers are known to keep them in. */
const SEED_LIMITS = [2 ** 31 - 1, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER];

/**
 * The call of sample k: a call with a seed gets another one, or every sample would be the same answer. A negative seed
 * means "any" to the servers that take one, and is left; a seed is never moved past a limit that it keeps.
 */
export function sampleCall(call: Call, sample: number): Call {
  const { seed } = call;
  if (sample === 0 || typeof seed !== 'number' || !Number.isSafeInteger(seed) || seed < 0) return call;
  const over = SEED_LIMITS.some((limit) => seed <= limit && seed + sample > limit);
  return { ...call, seed: over ? seed - sample : seed + sample };
}
