/** Why nothing is sent: the server asked for it, or it is held to be away. */
export type Why = 'asked' | 'away';

/** Nothing may be sent for longer than the item may wait. */
export class PausedTooLong extends Error {
  override readonly name = 'PausedTooLong';
  readonly waitMs: number;
  readonly why: Why;

  constructor(waitMs: number, why: Why) {
    const seconds = Math.ceil(waitMs / 1_000);
    super(
      why === 'asked'
        ? `the endpoint asked to be left alone for ${seconds} s more, which is longer than max_wait_seconds allows`
        : `the endpoint failed again and again and is not asked for ${seconds} s more, which is longer than max_wait_seconds allows`,
    );
    this.waitMs = waitMs;
    this.why = why;
  }
}

/** Times in which nothing is sent, and how long they were in all: what waits is charged for them and not for its turn. */
export class Pause {
  #from = 0;
  #until = 0;
  #past = 0;
  #askedUntil = 0;

  get until(): number {
    return this.#until;
  }

  get why(): Why {
    return this.#until > this.#askedUntil ? 'away' : 'asked';
  }

  /** Nothing before `until` (ms). Never shortens a pause. */
  extend(until: number, why: Why, now: number): void {
    if (why === 'asked') this.#askedUntil = Math.max(this.#askedUntil, until);
    if (until <= this.#until) return;
    if (this.#until <= now) {
      this.#past += this.#until - this.#from;
      this.#from = now;
    }
    this.#until = until;
  }

  /** Ends a pause for a server that was held to be away and shows that it is not. */
  end(now: number): void {
    if (this.#until > now) this.#until = Math.max(now, this.#askedUntil);
  }

  /** Milliseconds of pause up to now. Differences of it count. */
  total(now: number): number {
    return this.#past + Math.min(now, this.#until) - Math.min(now, this.#from);
  }
}
