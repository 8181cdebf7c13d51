import type { Transform } from './types.ts';

export const TRANSFORMS = [
  'log_prob_sum',
  'log_prob_mean',
  'prob_geo_mean',
  'prob_prod',
  'log_odds',
] as const satisfies readonly Transform[];

/**
 * The lowest log-probability a token can have here: log 2⁻¹⁴⁹ ≈ −103.28, the least positive single-precision number.
 * Servers work in single precision and write what lies below as −inf, −9999 or −3.4e38; as numbers those would drown
 * every other effect of a fit.
 */
export const LOWEST_TOKEN = Math.log(2 ** -149);

/**
 * The least 1 − p that is told apart from 0 in log-odds: 2⁻²⁴, so they end at log(2²⁴ − 1) ≈ 16.64.
 * Servers compute log p as a single-precision log-softmax, whose steps near 0 are 2⁻²³ (the well-known
 * −1.1920929e-07); a reported 0 means "less than half a step". Below that, log-odds are the logarithm of a rounding
 * error: without the clamp 0 and −1.2e-7, the same answer, would lie 20 or more nats apart and rule the ranking.
 */
const LEAST_DOUBT = 2 ** -24;

/** log(1 − eˣ) for x < 0 without cancellation (Mächler 2012, "Accurately computing log(1 − exp(−|a|))", equation 7). */
export function log1mexp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** A reported token log-probability brought into [LOWEST_TOKEN, 0]; rounding puts some above 0. NaN stays NaN. */
export function tokenLogProb(reported: number): number {
  return Math.max(LOWEST_TOKEN, Math.min(0, reported));
}

/** log p − log(1 − p), finite: p is kept at or under 1 − LEAST_DOUBT. Towards p = 0 it is log p and needs no clamp. */
export function logOdds(logProb: number): number {
  const kept = Math.min(logProb, Math.log1p(-LEAST_DOUBT));
  return kept - log1mexp(kept);
}

/**
 * One number from a target's tokens (methods.md section 1, ContextCite arXiv 2409.00729 for the log-odds). Grows with
 * the sum (weakly where clamped or underflowing), finite for every sum but NaN; no token at all is certain (p = 1).
 * @param sum   Σ of the tokens' natural-log probabilities, brought into [count·LOWEST_TOKEN, 0]
 * @param count number of tokens
 */
export function transformed(sum: number, count: number, transform: Transform): number {
  const logProb = Math.max(count * LOWEST_TOKEN, Math.min(0, sum));
  const mean = count > 0 ? logProb / count : 0;
  switch (transform) {
    case 'log_prob_sum':
      return logProb;
    case 'log_prob_mean':
      return mean;
    case 'prob_geo_mean':
      return Math.exp(mean);
    case 'prob_prod':
      return Math.exp(logProb);
    case 'log_odds':
      return logOdds(logProb);
  }
}
