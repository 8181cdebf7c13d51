import { LOWEST_TOKEN, logOdds } from '../transforms.ts';
import type { Opening } from '../types.ts';
import { type Side, tokensFor } from './labels.ts';
import { tokenSpelling } from './spelling.ts';

/** What single-precision sums of at most 20 probabilities may be off by. */
const ROUNDING = 2 ** -20;

/** log p of a side, and whether it is a bound: none of its tokens was among those shown. */
interface Weight {
  logProb: number;
  censored: boolean;
}

/**
 * log of the probability of the tokens of a side. Where none is shown, each of its labels can have no more than the least
 * probable token shown, and all of them no more than what is left: that bound is taken.
 */
function weight(side: Side, other: Side | null, top: readonly Opening[]): Weight {
  const tokens = tokensFor(side, other, top);
  const shown = top.filter(({ token }) => tokens.has(tokenSpelling(token) ?? ''));
  const total = (list: readonly Opening[]) => list.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  if (shown.length > 0) return { logProb: Math.max(LOWEST_TOKEN, Math.log(Math.min(1, total(shown)))), censored: false };
  const least = Math.min(...top.map(({ logprob }) => logprob));
  const left = Math.max(ROUNDING, 1 - total(top));
  return { logProb: Math.max(LOWEST_TOKEN, Math.min(Math.log(side.labels.length) + least, Math.log(left))), censored: true };
}

export interface Odds {
  /** log p(positive) − log p(negative), finite. */
  value: number;
  /** Sides whose probability is the bound. */
  censored: { positive: boolean; negative: boolean };
}

/**
 * Log-odds of two sides in an opening. Against all else (`negative` null) it is log p − log(1 − p), and exact wherever
 * the positive side is shown, since what is not shown is among all else.
 */
export function oddsOf(positive: Side, negative: Side | null, top: readonly Opening[]): Odds {
  const own = weight(positive, negative, top);
  if (!negative) return { value: logOdds(own.logProb), censored: { positive: own.censored, negative: false } };
  const theirs = weight(negative, positive, top);
  return { value: own.logProb - theirs.logProb, censored: { positive: own.censored, negative: theirs.censored } };
}
