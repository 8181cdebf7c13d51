/**
 * The rungs of the scoring ladder, the highest first. Log-probabilities of every token of a given completion, read at the
 * end of a prompt whose beginning may come from a cache, read with the whole prompt, or generated because nothing else is
 * allowed; of the first token of a new answer, with its alternatives; of a new answer for as long as it is the given one;
 * or nothing but a new answer.
 */
export const RUNGS = ['suffix_prefill', 'prompt_logprobs', 'forced_decoding', 'first_token', 'aligned_top_logprobs', 'text'] as const;

export type Rung = (typeof RUNGS)[number];

/** Rungs on which every token of a given completion is measured. */
export const EXACT: ReadonlySet<Rung> = new Set<Rung>(['suffix_prefill', 'prompt_logprobs', 'forced_decoding']);

/** Share of a prompt that is read anew where its beginning may come from a cache: half masks of sixteen units, sorted. */
const UNCACHED = 0.7;
/** A step of decoding, in tokens of a prompt that are read together. */
const STEP = 4;

/** What an evaluation costs, in tokens of a prompt that are read. */
const COSTS: Readonly<Partial<Record<Rung, (prompt: number, answer: number) => number>>> = {
  suffix_prefill: (prompt, answer) => UNCACHED * prompt + answer,
  prompt_logprobs: (prompt, answer) => prompt + answer,
  forced_decoding: (prompt, answer) => UNCACHED * prompt + STEP * answer,
};

/**
 * The rung that costs least among those that measure every token; where there is none of them, the first.
 * @param prompt and `answer`: their lengths, in any one unit
 */
export function cheapestRung(rungs: readonly Rung[], prompt: number, answer: number): Rung | null {
  const priced = rungs.filter((rung) => EXACT.has(rung)).map((rung) => ({ rung, cost: COSTS[rung]?.(prompt, answer) ?? Infinity }));
  return priced.toSorted((a, b) => a.cost - b.cost)[0]?.rung ?? rungs[0] ?? null;
}
