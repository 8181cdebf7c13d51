import type { Scores } from './jobs.ts';

/** Room for `count` tokens with `top` alternatives each. */
export function emptyScores(count: number, top: number): Scores {
  return {
    logprobs: new Float64Array(count),
    ranks: new Int32Array(count),
    topIds: new Int32Array(count * top),
    topLogprobs: new Float64Array(count * top),
  };
}

/** The first `count` entries. */
export function firstScores(scores: Scores, count: number): Scores {
  const top = scores.logprobs.length === 0 ? 0 : scores.topIds.length / scores.logprobs.length;
  return {
    logprobs: scores.logprobs.slice(0, count),
    ranks: scores.ranks.slice(0, count),
    topIds: scores.topIds.slice(0, count * top),
    topLogprobs: scores.topLogprobs.slice(0, count * top),
  };
}

/** log Σ e^x over `count` logits from `from`, shifted by the greatest so that nothing overflows. */
export function logSumExp(logits: Float32Array, from: number, count: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = from; i < from + count; i++) if (logits[i]! > max) max = logits[i]!;
  let total = 0;
  for (let i = from; i < from + count; i++) total += Math.exp(logits[i]! - max);
  return max + Math.log(total);
}

/**
 * Fills entry `at` of `scores` with what a row of logits says of `token`. Its rank is one more than the number of
 * tokens that are more probable.
 */
export function score(logits: Float32Array, from: number, count: number, token: number, scores: Scores, at: number): void {
  const norm = logSumExp(logits, from, count);
  const own = logits[from + token]!;
  let rank = 1;
  for (let i = from; i < from + count; i++) if (logits[i]! > own) rank++;
  scores.logprobs[at] = own - norm;
  scores.ranks[at] = rank;
  const top = scores.topIds.length / scores.logprobs.length;
  if (top > 0) fillTop(logits, from, count, norm, scores, at * top, top);
}

/** Insertion into a short sorted list; a later id never passes an equal earlier one. */
function fillTop(
  logits: Float32Array, from: number, count: number, norm: number, scores: Scores, at: number, top: number,
): void {
  const { topIds, topLogprobs } = scores;
  let filled = 0;
  for (let id = 0; id < count; id++) {
    const logprob = logits[from + id]! - norm;
    if (filled === top && logprob <= topLogprobs[at + top - 1]!) continue;
    let place = at + (filled < top ? filled++ : top - 1);
    for (; place > at && topLogprobs[place - 1]! < logprob; place--) {
      topLogprobs[place] = topLogprobs[place - 1]!;
      topIds[place] = topIds[place - 1]!;
    }
    topLogprobs[place] = logprob;
    topIds[place] = id;
  }
}
