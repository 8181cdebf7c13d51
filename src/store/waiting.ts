import { isUnavailable } from './unavailable.ts';
import type { News } from './news.ts';

/** Between looks while news arrive: only against a message that was lost on the way. */
const LIVE_MS = 10_000;
/** Between looks while they do not. */
const BLIND_MS = 500;
/** Looks in a row that may fail before the wait does: a restart of Redis is sat out. */
export const MOST_FAILURES = 10;

/** Milliseconds to sleep between two looks. */
export function patience(news: News): number {
  return news.live ? LIVE_MS : BLIND_MS;
}

/** Resolves after the time, when woken or when aborted, whichever is first. */
export function pause(milliseconds: number, woken: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener('abort', over);
    void woken.then(over);
  });
}

interface Wait {
  /** Looks at the explanation. */
  ended: () => Promise<boolean>;
  news: News;
  id: string;
  milliseconds: number;
  signal: AbortSignal;
}

/**
 * Waits until `ended` says so, the time is over or the signal is aborted. Looks once at the start and once per piece
 * of news; polls only while the subscription is down.
 * @throws the error of `ended` when it keeps failing
 */
export async function waitUntil({ ended, news, id, milliseconds, signal }: Wait): Promise<void> {
  const until = performance.now() + milliseconds;
  let wake = () => {};
  const leave = news.listen(id, () => wake());
  try {
    for (let failures = 0; !signal.aborted; ) {
      // armed before the look, so that an end in between is not slept over
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      try {
        if (await ended()) return;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isUnavailable(error) || failures > MOST_FAILURES) throw error;
      }
      const left = until - performance.now();
      if (left <= 0 || signal.aborted) return;
      await pause(Math.min(left, patience(news)), woken, signal);
    }
  } finally {
    leave();
  }
}
