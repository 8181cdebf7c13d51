const MINUTE_MS = 60_000;

/** One amount that was let through; `settle` corrects an estimate once the true amount is known. */
export interface Entry {
  at: number;
  amount: number;
}

/**
 * At most `limit` in any 60 seconds. A sliding log rather than a leaky bucket: a full bucket that refills lets twice
 * the limit through in its first minute.
 */
export class MinuteWindow {
  readonly #limit: number;
  #entries: Entry[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * When `amount` may pass, in ms since 1970: `now` or later. An amount above the whole limit may pass when nothing
   * else is in the window, so nothing waits for ever.
   */
  earliest(amount: number, now: number): number {
    this.#entries = this.#entries.filter((entry) => entry.at + MINUTE_MS > now);
    let total = this.#entries.reduce((sum, entry) => sum + entry.amount, 0);
    let when = now;
    for (const entry of this.#entries) {
      if (total + amount <= this.#limit) break;
      total -= entry.amount;
      when = entry.at + MINUTE_MS;
    }
    return when;
  }

  add(amount: number, now: number): Entry {
    const entry = { at: now, amount };
    this.#entries.push(entry);
    return entry;
  }
}
