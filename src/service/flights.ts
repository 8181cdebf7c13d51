import type { Claims } from './shared-ports.ts';

/** How often to look for what another process asks. */
const POLL_MS = 200;

interface Flight {
  ended: Promise<void>;
  end(): void;
}

/** Resolves after so many milliseconds, when all of them have ended, or at the abort. */
function first(milliseconds: number, all: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    if (all.length > 0) void Promise.all(all).then(done);
  });
}

/**
 * Single flight: what two jobs need at the same time is asked once. Keys are those of the cache, so only jobs of one owner
 * ever wait for one another. Inside a process by a map, among processes by claims; the answer travels by the cache. A
 * claim whose process died runs out, and whoever waits takes over. Nothing is kept waiting by what does not wait: who
 * claims asks at once.
 */
export class Flights {
  readonly #claims: Claims | undefined;
  readonly #own = new Map<string, Flight>();

  constructor(claims?: Claims) {
    this.#claims = claims;
  }

  /** Which of the keys are the caller's to ask now; it must release them, whatever comes of it. */
  async claim(keys: readonly string[]): Promise<boolean[]> {
    const free = keys.filter((key) => !this.#own.has(key));
    for (const key of free) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#own.set(key, { ended: promise, end: resolve });
    }
    const taken = this.#claims && free.length > 0 ? await this.#claims.take(free) : free.map(() => true);
    const mine = new Set(free.filter((_, index) => taken[index] === true));
    this.#end(free.filter((key) => !mine.has(key)));
    return keys.map((key) => mine.has(key));
  }

  /** To be called once the answers are in the cache. */
  async release(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#claims?.release(keys);
    this.#end(keys);
  }

  /** Resolves when it is worth looking again for what others ask, or at the abort. */
  async wait(keys: readonly string[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const here = keys.flatMap((key) => this.#own.get(key)?.ended ?? []);
    await first(POLL_MS, here.length === keys.length ? here : [], signal);
  }

  /**
   * One answer, asked by whoever is first.
   * @throws what `ask` throws, or the signal's reason
   */
  async once<T>(key: string, signal: AbortSignal, look: () => Promise<T | null>, ask: () => Promise<T>): Promise<T> {
    for (;;) {
      const known = await look();
      if (known !== null) return known;
      signal.throwIfAborted();
      const [mine] = await this.claim([key]);
      if (!mine) {
        await this.wait([key], signal);
        continue;
      }
      try {
        // it may have landed between the look and the claim
        return (await look()) ?? (await ask());
      } finally {
        await this.release([key]);
      }
    }
  }

  /**
   * Many answers: asks those that nobody else is asking, and takes the others from where they land. `ask` looks first: some
   * may have landed since they were looked for. `look` gives the keys that are not there.
   * @throws what `ask` throws
   */
  async share(
    keys: readonly string[],
    signal: AbortSignal,
    ask: (keys: readonly string[]) => Promise<void>,
    look: (keys: readonly string[]) => Promise<readonly string[]>,
  ): Promise<void> {
    for (let rest = keys; rest.length > 0 && !signal.aborted; ) {
      const mine = await this.claim(rest);
      const own = rest.filter((_, position) => mine[position]);
      const others = rest.filter((_, position) => !mine[position]);
      const asking = async () => {
        try {
          if (own.length > 0) await ask(own);
        } finally {
          await this.release(own);
        }
      };
      await Promise.all([asking(), others.length > 0 ? this.wait(others, signal) : undefined]);
      rest = await look(others);
    }
  }

  #end(keys: readonly string[]): void {
    for (const key of keys) {
      this.#own.get(key)?.end();
      this.#own.delete(key);
    }
  }
}
