/** What is left of the rate after a refusal. */
const LEFT = 0.85;
/** Seconds until the rate is back at where it was refused. */
const BACK_SECONDS = 5;
/** Per second: a refusal every minute or so is worth the try. */
const SLOWEST = 1 / 60;
/** A timer that came late may be made up for. */
const LATE_MS = 50;
/** A rate is taken from so many replies at least, of so many milliseconds. */
const FEW = 5;
const LATELY_MS = 10_000;

/**
 * Requests per second, learnt from 429s that name no time. Nothing is paced before the first. From then on the rate r
 * follows CUBIC (S. Ha, I. Rhee, L. Xu, 2008): with p the rate at the last refusal and t the time since,
 * r(t) = p · (1 + (1 − 0.85) · ((t − K) / K)³), K = 5 s: 0.85 p at first, flat around p, and faster and faster beyond,
 * where the limit may have been lifted.
 */
export class Pacer {
  #peak: number | null = null;
  #cutAt = -Infinity;
  #next = 0;
  #answered: number[] = [];

  /** When the next request may go, in ms; `now` or before: at once. */
  get earliest(): number {
    return this.#next;
  }

  sent(now: number): void {
    const rate = this.rate(now);
    if (rate !== null) this.#next = Math.max(this.#next, now - LATE_MS) + 1_000 / rate;
  }

  wentWell(now: number): void {
    this.#answered.push(now);
    if (this.#answered.length > 256) this.#answered = this.#answered.slice(-128);
  }

  /** A refusal of what was sent at `sentAt`: one that was under way at the last cut says nothing new. */
  refused(sentAt: number, now: number): void {
    const rate = this.rate(now) ?? this.#throughput(now);
    // without replies there is no rate to go by, and backing off will do
    if (sentAt < this.#cutAt || rate === null) return;
    this.#peak = Math.max(SLOWEST, rate);
    this.#cutAt = now;
    this.#next = Math.max(this.#next, now + 1_000 / (LEFT * this.#peak));
  }

  /** Requests per second; null: as many as may be. */
  rate(now: number): number | null {
    if (this.#peak === null) return null;
    const away = ((now - this.#cutAt) / 1_000 - BACK_SECONDS) / BACK_SECONDS;
    return this.#peak * (1 + (1 - LEFT) * away ** 3);
  }

  /** Replies per second of late, null when there were few. */
  #throughput(now: number): number | null {
    const late = this.#answered.filter((at) => at > now - LATELY_MS);
    return late.length < FEW ? null : late.length / Math.max(0.05, (now - (late[0] ?? now)) / 1_000);
  }
}
