/** What is left of the concurrency after an overload, and after latency has risen. */
const CUT = 0.5;
const EASED = 0.8;

/**
 * How many requests may be under way: additive increase, multiplicative decrease (D.-M. Chiu, R. Jain, 1989). One more
 * for each round of replies that went well, up to the configured number; half on a 429 or 503, a fifth less where
 * replies have become slow. One round of requests is cut for once: what was under way at a cut says nothing new.
 */
export class Concurrency {
  readonly #most: number;
  #limit: number;
  #cutAt = -Infinity;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** At least 1. */
  get limit(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  wentWell(): void {
    this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
  }

  overloaded(sentAt: number, now: number): void {
    this.#cut(CUT, sentAt, now);
  }

  slowed(sentAt: number, now: number): void {
    this.#cut(EASED, sentAt, now);
  }

  #cut(factor: number, sentAt: number, now: number): void {
    if (sentAt < this.#cutAt) return;
    this.#cutAt = now;
    this.#limit = Math.max(1, this.#limit * factor);
  }
}
