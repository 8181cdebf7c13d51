import { setTimeout as delay } from 'node:timers/promises';

/** Time and chance, as parameters: tests of waiting need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @throws the signal's reason, at once when it aborts */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Uniform on [0, 1). */
  random(): number;
}

/** Timers take no longer delay. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await delay(Math.min(LONGEST_MS, milliseconds), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};
