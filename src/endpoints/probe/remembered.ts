interface Running<T> {
  result: Promise<T>;
  waiting: number;
  stop: AbortController;
}

/** What a piece of work found, and until when (ms since 1970) it may be given again without working. */
export interface Found<T> {
  value: T;
  until: number;
}

/**
 * Work that is done once per key: who asks while it is under way waits for the same result, and who stops waiting does
 * not stop it for the others. Failures are not remembered.
 */
export class Remembered<T> {
  readonly #known = new Map<string, Found<T>>();
  readonly #now: () => number;
  readonly #running = new Map<string, Running<T>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws what the work throws, or the signal's reason */
  async get(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Found<T>>): Promise<T> {
    signal.throwIfAborted();
    const known = this.#known.get(key);
    if (known && known.until > this.#now()) return known.value;
    const running = this.#running.get(key) ?? this.#start(key, work);
    running.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([running.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      running.waiting -= 1;
      if (running.waiting === 0) {
        running.stop.abort(signal.reason);
        if (this.#running.get(key) === running) this.#running.delete(key);
      }
    }
  }

  /** The next who asks starts the work anew; what is under way goes on. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Found<T>>): Running<T> {
    const stop = new AbortController();
    const result = work(stop.signal).then((found) => {
      this.#known.set(key, found);
      return found.value;
    });
    // whoever waits sees it; when all have left nobody does
    result.catch(() => undefined);
    const running = { result, waiting: 0, stop };
    this.#running.set(key, running);
    return running;
  }
}
