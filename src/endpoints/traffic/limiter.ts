import type { Clock } from './clock.ts';
import { type Entry, MinuteWindow } from './window.ts';

export interface LimiterSettings {
  concurrency: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/** A place to send one request. `tokens` is the entry in the token window, to be corrected when usage is known. */
export interface Slot {
  tokens: Entry | null;
  release(): void;
}

/** The endpoint asked for a longer pause than the item may wait. */
export class PausedTooLong extends Error {
  override readonly name = 'PausedTooLong';
  readonly waitMs: number;
  constructor(waitMs: number) {
    super(`the endpoint asked to be left alone for ${Math.ceil(waitMs / 1_000)} s more`);
    this.waitMs = waitMs;
  }
}

function closed(): Error {
  return new Error('the endpoint is closed');
}

interface Waiter {
  tokens: number;
  patienceMs: number;
  grant(slot: Slot): void;
  refuse(error: Error): void;
}

/**
 * Who may send now, first come first served over all jobs of the process: at most `concurrency` requests under way,
 * at most so many requests and tokens in any minute, and none before the end of a pause that the server asked for.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #requests: MinuteWindow | null;
  readonly #tokens: MinuteWindow | null;
  readonly #queue: Waiter[] = [];
  readonly #closing = new AbortController();
  #active = 0;
  #pausedUntil = 0;
  #wakeAt = Infinity;

  constructor(settings: LimiterSettings, clock: Clock) {
    this.#clock = clock;
    this.#concurrency = settings.concurrency;
    this.#requests = settings.requestsPerMinute === null ? null : new MinuteWindow(settings.requestsPerMinute);
    this.#tokens = settings.tokensPerMinute === null ? null : new MinuteWindow(settings.tokensPerMinute);
  }

  /** Whether the estimate given to `acquire` matters. */
  get countsTokens(): boolean {
    return this.#tokens !== null;
  }

  /** Nothing is sent before `until` (ms since 1970). A pause is never shortened. */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
    this.#pump();
  }

  /**
   * Waits for a place; `tokens` is an estimate of what the request costs.
   * @throws PausedTooLong when a pause lasts longer than `patienceMs`, or the signal's reason
   */
  acquire(tokens: number, patienceMs: number, signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (this.#closing.signal.aborted) return reject(closed());
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        reject(signal.reason as Error);
        // whoever stands behind may be cheaper
        this.#pump();
      };
      const waiter: Waiter = {
        tokens,
        patienceMs,
        grant: (slot) => {
          signal.removeEventListener('abort', leave);
          resolve(slot);
        },
        refuse: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiter);
      this.#pump();
    });
  }

  /** Ends all waiting, now and later. */
  close(): void {
    this.#closing.abort();
    for (const waiter of this.#queue.splice(0)) waiter.refuse(closed());
  }

  #pump(): void {
    const now = this.#clock.now();
    this.#refuseImpatient(now);
    for (let next = this.#queue[0]; next && this.#active < this.#concurrency; next = this.#queue[0]) {
      const when = Math.max(
        this.#pausedUntil,
        this.#requests?.earliest(1, now) ?? 0,
        this.#tokens?.earliest(next.tokens, now) ?? 0,
      );
      if (when > now) return this.#wake(when, now);
      this.#queue.shift();
      this.#active += 1;
      this.#requests?.add(1, now);
      next.grant(this.#slot(this.#tokens?.add(next.tokens, now) ?? null));
    }
  }

  #refuseImpatient(now: number): void {
    const wait = this.#pausedUntil - now;
    if (wait <= 0) return;
    const impatient = this.#queue.filter((waiter) => waiter.patienceMs < wait);
    for (const waiter of impatient) {
      this.#queue.splice(this.#queue.indexOf(waiter), 1);
      waiter.refuse(new PausedTooLong(wait));
    }
  }

  #slot(tokens: Entry | null): Slot {
    let held = true;
    return {
      tokens,
      release: () => {
        if (!held) return;
        held = false;
        this.#active -= 1;
        this.#pump();
      },
    };
  }

  /** One timer, for the earliest moment at which anything can change by itself. */
  #wake(when: number, now: number): void {
    if (when >= this.#wakeAt && this.#wakeAt > now) return;
    this.#wakeAt = when;
    this.#clock.sleep(when - now, this.#closing.signal).then(
      () => {
        if (this.#wakeAt === when) this.#wakeAt = Infinity;
        this.#pump();
      },
      () => undefined,
    );
  }
}
