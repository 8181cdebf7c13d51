import { Fault } from '../http/fault.ts';

/**
 * What the end of a request says about the server. `paused`: it named a time before which it wants nothing; `throttled`:
 * too many requests, and no time named; `overloaded`: it cannot keep up; `away`: it is not there, or broken; `alive`: it
 * answered, if with a refusal; `unsent`: nothing was asked.
 */
export type Ending = 'well' | 'paused' | 'throttled' | 'overloaded' | 'away' | 'alive' | 'unsent';

export function endingOf(error: unknown): Ending {
  // aborted, or an error of our own
  if (!(error instanceof Fault)) return 'unsent';
  const status = error.status ?? 0;
  if (error.spent) return 'alive';
  if (error.retryAfterMs !== null && error.tries > 1) return 'paused';
  if (status === 429) return 'throttled';
  if (status === 503) return 'overloaded';
  if (error.kind === 'timeout' || (status >= 500 && status !== 501)) return 'away';
  return error.kind === 'connection' && error.tries > 1 ? 'away' : 'alive';
}

/** Gateways answer so when nobody stands behind them. */
const NOBODY_BEHIND = new Set([502, 503, 504]);

/** Nobody was there to answer: it says nothing of what was asked. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Fault) || error.retryAfterMs !== null || error.tries === 1) return false;
  return error.kind === 'connection' || NOBODY_BEHIND.has(error.status ?? 0);
}

/** The same for those who count: `http_<status>` or the kind of fault; `aborted` where it was called off. */
export function outcomeOf(error: unknown): string {
  if (!(error instanceof Fault)) return 'aborted';
  return error.status === null ? error.kind : `http_${error.status}`;
}

/** Whether the server could not do what it was asked, whoever asks. */
export function isTrouble(ending: Ending): boolean {
  return ending === 'away' || ending === 'overloaded';
}
