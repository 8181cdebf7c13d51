import { Fault } from '../http/fault.ts';
import type { Clock } from './clock.ts';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * Exponential backoff with full jitter: uniform on [0, min(8 s, 0.25 s · 2^failures)], failures counted from 0. Full
 * jitter spreads the requests of many jobs that failed at the same moment (M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015).
 */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
}

/** What one item may still wait, all its requests together. */
export interface Patience {
  leftMs: number;
}

interface RetryOptions {
  clock: Clock;
  signal: AbortSignal;
  patience: Patience;
  onRetry: (fault: Fault, waitMs: number) => void;
}

/** From here on a Retry-After says when, and not just "not now". */
const FIRM_MS = 1_000;

const TOO_LONG = (ms: number) => `asks to wait ${Math.ceil(ms / 1_000)} s, longer than max_wait_seconds allows`;

/**
 * The one retry policy: 408, 409, 429, 5xx but 501, lost connections (6 tries), timeouts and malformed replies
 * (3 tries); no other 4xx. Retry-After holds at any length, and is no failed try from a second on, but an item whose
 * patience it exceeds ends here. Nor is one that found out that a server is still away: patience bounds those.
 * @throws Fault the last one, or the signal's reason
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { clock, signal, patience, onRetry }: RetryOptions,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const named = error.retryAfterMs ?? 0;
      if (!error.trial && failures + 1 >= error.tries) throw error;
      const wait = Math.max(named, backoffMs(failures, clock.random()));
      if (wait > patience.leftMs) throw named > patience.leftMs ? error.because(TOO_LONG(named)) : error;
      patience.leftMs -= wait;
      onRetry(error, wait);
      await clock.sleep(wait, signal);
      // who names a time is no worse for being asked again at it; patience alone bounds how often
      if (named < FIRM_MS && !error.trial) failures += 1;
    }
  }
}
