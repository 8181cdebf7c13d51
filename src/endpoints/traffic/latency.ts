/** Replies that the two running means look back on. */
const SHORT = 8;
const LONG = 100;
/** How much slower is slower: answers of one kind differ by their length alone. */
const RISEN = 2;
/** Kinds of request that are remembered. */
const KINDS = 64;

interface Means {
  count: number;
  short: number;
  long: number;
}

/**
 * Whether replies of a kind have become slow: the mean of the last few is twice that of the last hundred (the gradient of
 * Netflix's concurrency-limits, read with a tolerance). A server that only queues what is above its slots settles at a
 * steady latency, which is none that rises, so it is kept busy.
 */
export class Latency {
  readonly #kinds = new Map<string, Means>();

  /** Takes in a reply that took so many milliseconds. */
  risen(kind: string, milliseconds: number): boolean {
    const means = this.#kinds.get(kind) ?? { count: 0, short: 0, long: 0 };
    this.#kinds.set(kind, means);
    for (const oldest of this.#kinds.keys()) if (this.#kinds.size > KINDS) this.#kinds.delete(oldest);
    means.count += 1;
    means.short += (milliseconds - means.short) / Math.min(means.count, SHORT);
    means.long += (milliseconds - means.long) / Math.min(means.count, LONG);
    return means.count > SHORT && means.short > RISEN * means.long;
  }
}
