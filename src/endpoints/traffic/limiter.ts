import type { Admission } from '../../service/shared-ports.ts';
import { exhaustedMs, type RateLimit } from '../http/rate-limit.ts';
import { Breaker } from './breaker.ts';
import type { Clock } from './clock.ts';
import { Concurrency } from './concurrency.ts';
import { isTrouble } from './ending.ts';
import { FairQueue } from './fair-queue.ts';
import { currentFlow } from './flow.ts';
import type { SharedGate } from './gate.ts';
import { Latency } from './latency.ts';
import { Pacer } from './pacer.ts';
import { Pause, PausedTooLong, type Why } from './pause.ts';
import type { End, LimiterSettings, Slot } from './slot.ts';
import { type Entry, MinuteWindow } from './window.ts';

function closed(): Error {
  return new Error('the endpoint is closed');
}

interface Waiter {
  job: object;
  tokens: number;
  patienceMs: number;
  /** The total of all pauses when it came. */
  since: number;
  grant(slot: Slot): void;
  refuse(error: Error): void;
}

/**
 * Who may send now: owners and their jobs in turns; no more requests under way than the endpoint bears, no more requests
 * and tokens in any minute than allowed, in this process and, where there is a gate, in all; no faster than it was seen
 * to take; and none before the end of a pause that the server asked for.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #gate: SharedGate | undefined;
  readonly #concurrency: Concurrency;
  readonly #requests: MinuteWindow | null;
  readonly #tokens: MinuteWindow | null;
  /** By job: one asks about the same all the time, another may ask something ten times as long. */
  readonly #latencies = new WeakMap<object, Latency>();
  readonly #pacer = new Pacer();
  readonly #breaker = new Breaker();
  readonly #pause = new Pause();
  readonly #queue = new FairQueue<Waiter>();
  readonly #closing = new AbortController();
  #active = 0;
  #wakeAt = Infinity;
  /** Until when the limits of all workers let nothing pass. */
  #fullUntil = 0;
  #atGate = false;
  #passed: { admission: Admission | null } | null = null;
  /** Requests that the server says are left; what is under way elsewhere may be among them. */
  #left = Infinity;
  #meanTokens = 0;

  constructor(settings: LimiterSettings, clock: Clock, gate?: SharedGate) {
    this.#clock = clock;
    this.#gate = gate;
    this.#concurrency = new Concurrency(settings.concurrency);
    this.#requests = settings.requestsPerMinute === null ? null : new MinuteWindow(settings.requestsPerMinute);
    this.#tokens = settings.tokensPerMinute === null ? null : new MinuteWindow(settings.tokensPerMinute);
  }

  /** Whether the estimate given to `acquire` matters. */
  get countsTokens(): boolean {
    return this.#tokens !== null;
  }

  /** Nothing is sent before `until` (ms since 1970), by any worker. A pause is never shortened. */
  pause(until: number): void {
    const now = this.#clock.now();
    if (until > now) this.#gate?.pause(until - now);
    this.#hold(until, 'asked');
    this.#pump();
  }

  /**
   * Waits for a place; `tokens` is an estimate of what the request costs, `evaluations` what its turn counts for.
   * @throws PausedTooLong when pauses last longer than `patienceMs` in all, or the signal's reason
   */
  acquire(tokens: number, patienceMs: number, signal: AbortSignal, evaluations = 1): Promise<Slot> {
    const { owner, job } = currentFlow();
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (this.#closing.signal.aborted) return reject(closed());
      const leave = () => {
        this.#queue.remove(waiter);
        reject(signal.reason as Error);
        // whoever stands behind may be cheaper
        this.#pump();
      };
      const waiter: Waiter = {
        job,
        tokens,
        patienceMs,
        since: this.#pause.total(this.#clock.now()),
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
      this.#queue.push(waiter, owner, job, evaluations);
      this.#refuseImpatient([waiter]);
      this.#pump();
    });
  }

  /** Ends all waiting, now and later. */
  close(): void {
    this.#closing.abort();
    for (const waiter of this.#queue.items()) {
      this.#queue.remove(waiter);
      waiter.refuse(closed());
    }
  }

  #pump(): void {
    const now = this.#clock.now();
    for (let next = this.#queue.peek(); next && this.#hasRoom(); next = this.#queue.peek()) {
      const when = Math.max(
        this.#pause.until,
        this.#fullUntil,
        this.#pacer.earliest,
        this.#requests?.earliest(1, now) ?? 0,
        this.#tokens?.earliest(next.tokens, now) ?? 0,
      );
      if (when > now) return this.#wake(when, now);
      if (this.#gate && !this.#passed) return void this.#askGate(this.#gate, next.tokens);
      this.#queue.shift();
      next.grant(this.#slot(next, now));
    }
  }

  #hasRoom(): boolean {
    if (this.#atGate || this.#active >= (this.#breaker.halfOpen ? 1 : this.#concurrency.limit)) return false;
    // replies that are still to come say more
    return this.#left >= 1 || this.#active === 0;
  }

  /** One at a time: it is asked for whoever's turn it is when it has answered. */
  async #askGate(gate: SharedGate, tokens: number): Promise<void> {
    this.#atGate = true;
    const answer = await gate.ask(tokens);
    this.#atGate = false;
    if ('passed' in answer) this.#passed = { admission: answer.passed };
    else if (answer.paused) this.#hold(answer.until, 'asked');
    else this.#fullUntil = answer.until;
    this.#pump();
    // nobody could use it now, and it says nothing of later: another worker may be asked for a pause meanwhile
    this.#passed?.admission?.settle(0);
    this.#passed = null;
  }

  #slot({ job, tokens, since }: Waiter, now: number): Slot {
    const admission = this.#passed?.admission ?? null;
    const entry: Entry | null = this.#tokens?.add(tokens, now) ?? null;
    this.#passed = null;
    this.#active += 1;
    this.#left -= 1;
    this.#requests?.add(1, now);
    this.#pacer.sent(now);
    let held = true;
    return {
      pausedMs: this.#pause.total(now) - since,
      trial: this.#breaker.halfOpen,
      settle: (used) => {
        if (entry) entry.amount = used;
        admission?.settle(used);
        this.#meanTokens += (used - this.#meanTokens) / 8;
      },
      told: (left) => this.#told(left),
      release: (end) => {
        if (!held) return;
        held = false;
        this.#active -= 1;
        if (end) this.#learn(end, now, job);
        this.#pump();
      },
    };
  }

  #told(left: RateLimit): void {
    // whoever else is under way may not be counted yet
    this.#left = left.requests ? left.requests.remaining - (this.#active - 1) : Infinity;
    const wait = exhaustedMs(left, this.#meanTokens);
    if (wait !== null) this.pause(this.#clock.now() + wait);
  }

  #learn({ ending, retryAfterMs, kind, gone = false }: End, sentAt: number, job: object): void {
    const now = this.#clock.now();
    if (ending === 'unsent') return;
    if (ending === 'well') {
      this.#pacer.wentWell(now);
      const latency = this.#latencies.get(job) ?? new Latency();
      this.#latencies.set(job, latency);
      if (latency.risen(kind ?? '', now - sentAt)) this.#concurrency.slowed(sentAt, now);
      else this.#concurrency.wentWell();
    }
    if (ending === 'throttled') this.#pacer.refused(sentAt, now);
    if (ending === 'throttled' || ending === 'paused' || ending === 'overloaded') this.#concurrency.overloaded(sentAt, now);
    if (retryAfterMs && ending === 'paused') this.pause(now + retryAfterMs);
    if (!isTrouble(ending)) {
      this.#breaker.alive();
      this.#pause.end(now);
    } else if (this.#breaker.failed(now, gone)) this.#hold(this.#breaker.openUntil, 'away');
  }

  #hold(until: number, why: Why): void {
    const now = this.#clock.now();
    this.#pause.extend(until, why, now);
    this.#refuseImpatient(this.#queue.items());
  }

  #refuseImpatient(waiters: readonly Waiter[]): void {
    const now = this.#clock.now();
    const wait = this.#pause.until - now;
    if (wait <= 0) return;
    const total = this.#pause.total(now);
    for (const waiter of waiters) {
      if (waiter.patienceMs - (total - waiter.since) >= wait) continue;
      this.#queue.remove(waiter);
      waiter.refuse(new PausedTooLong(wait, this.#pause.why));
    }
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
