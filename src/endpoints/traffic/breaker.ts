/** Failures in a row that open it: more than one item's tries, so that one prompt that a server cannot bear does not. */
const FAILURES = 20;
/**
 * The same where nobody was there to answer, on a server that had answered before: fewer than one item's tries, so that the
 * last items of a job outlive a restart as well as a thousand do. A server that never answered is likelier a wrong address.
 */
const GONE = 5;
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Circuit breaker (M. Nygard, Release It!, 2007). Lost connections, timeouts and 5xx in a row open it: nothing is sent for a
 * while. Then it is half open: one request tries; if that goes well all is as before, else the while is twice as long.
 * Any other answer is a sign of life.
 */
export class Breaker {
  #failures = 0;
  #gone = 0;
  #answered = false;
  #openings = 0;
  #until = 0;

  /** Open until then (ms); in the past when it is not. */
  get openUntil(): number {
    return this.#until;
  }

  /** Whether only one may try. */
  get halfOpen(): boolean {
    return this.#openings > 0;
  }

  alive(): void {
    this.#answered = true;
    this.#failures = 0;
    this.#gone = 0;
    this.#openings = 0;
    this.#until = 0;
  }

  /**
   * @param gone nobody was there to answer
   * @returns whether it has opened just now
   */
  failed(now: number, gone: boolean): boolean {
    // of what was under way when it opened
    if (now < this.#until) return false;
    this.#failures += 1;
    if (gone) this.#gone += 1;
    const open = this.#failures >= FAILURES || (this.#answered && this.#gone >= GONE);
    if (!this.halfOpen && !open) return false;
    this.#until = now + Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#openings);
    this.#openings += 1;
    return true;
  }
}
