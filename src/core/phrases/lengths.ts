import { type Gaps, STOP } from './gaps.ts';
import type { Token } from './tokens.ts';

/** Where phrases begin: indices of tokens, ascending, 0 left out. */
type Starts = number[];

/**
 * Cuts tokens from..to (exclusive) until no part has more than `most` words: at the best gap of the middle half, nearest
 * to the middle, so that n tokens cost n log n.
 */
function divide(
  tokens: readonly Token[],
  weights: readonly number[],
  from: number,
  to: number,
  most: number,
  starts: Starts,
): void {
  let words = 0;
  for (let i = from; i < to; i += 1) words += tokens[i]?.words ?? 0;
  if (words <= most || to - from < 2) return;
  const quarter = Math.floor((to - from) / 4);
  const middle = (from + to) / 2;
  const rank = (i: number): number => (weights[i] ?? 0) - Math.abs(i - middle) / (to - from);
  let best = from + Math.max(1, quarter);
  for (let i = best + 1; i < to && i <= to - quarter; i += 1) if (rank(i) > rank(best)) best = i;
  divide(tokens, weights, from, best, most, starts);
  starts.push(best);
  divide(tokens, weights, best, to, most, starts);
}

/**
 * Joins phrases of fewer than `least` words to a neighbour, where `most` allows it: to the one behind, but rather to the
 * one before where a sign parts it from the one behind.
 */
function joined(tokens: readonly Token[], weights: readonly number[], starts: Starts, least: number, most: number): Starts {
  const count = (from: number, to: number): number => tokens.slice(from, to).reduce((sum, token) => sum + token.words, 0);
  const kept: Starts = [];
  let from = 0;
  /** Words of the phrase before `from`. */
  let before = Infinity;
  for (const [i, start] of [...starts, tokens.length].entries()) {
    let words = count(from, start);
    const isLast = start === tokens.length;
    const fits = !isLast && words + count(start, starts[i + 1] ?? tokens.length) <= most;
    const parts = isLast || (weights[start] ?? 0) >= STOP;
    if (words < least && fits && !(parts && before + words <= most)) continue;
    if (words < least && before + words <= most) {
      kept.pop();
      words += before;
    }
    if (!isLast) kept.push(start);
    before = words;
    from = start;
  }
  return kept;
}

/**
 * Phrases of `least` to `most` words, as far as tokens allow: a token is never cut, and the limit above wins.
 * @returns indices of the tokens that begin a phrase, ascending, 0 left out
 */
export function phraseStarts(tokens: readonly Token[], gaps: Gaps, least: number, most: number): Starts {
  const natural = tokens.map((_, i) => i).filter((i) => i > 0 && gaps.cuts[i]);
  const starts: Starts = [];
  for (const [i, from] of [0, ...natural].entries()) {
    if (from > 0) starts.push(from);
    divide(tokens, gaps.weights, from, natural[i] ?? tokens.length, most, starts);
  }
  return least > 1 ? joined(tokens, gaps.weights, starts, least, most) : starts;
}
