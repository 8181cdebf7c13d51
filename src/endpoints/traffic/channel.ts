import type { Price, Usage } from '../../service/ports.ts';
import type { Client, Request } from '../http/client.ts';
import { Fault } from '../http/fault.ts';
import type { Clock } from './clock.ts';
import { type Limiter, PausedTooLong, type Slot } from './limiter.ts';
import { type Patience, withRetries } from './retry.ts';
import { estimateTokens, usageOf } from './usage.ts';

export interface Log {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** What stands around one request. */
export interface Errand {
  signal: AbortSignal;
  /** Shared by all requests of one item, so that together they wait no longer than one item may. */
  patience: Patience;
  /** After every attempt, failed ones included. */
  onUsage?: (usage: Usage) => void;
}

/** A function is called for every attempt, so that what waits holds no body. */
type Asked = Request | (() => Request);

/** Given instead of a reply where `admit` said no. */
export const NOT_ADMITTED = Symbol('not admitted');

function built(request: Asked): Request {
  return typeof request === 'function' ? request() : request;
}

interface ChannelParts {
  name: string;
  client: Client;
  limiter: Limiter;
  clock: Clock;
  price: Price | null;
  maxWaitMs: number;
  log: Log | undefined;
}

/** The way to one endpoint: every request passes limits, retries, validation and accounting here. */
export class Channel {
  readonly #parts: ChannelParts;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
  }

  patience(): Patience {
    return { leftMs: this.#parts.maxWaitMs };
  }

  /**
   * Sends until there is a reply that `read` can read, or no more tries. `read` throws a Fault when it cannot.
   * @throws Fault when there is none, or the signal's reason
   */
  post<T>(request: Asked, read: (reply: object) => T, errand: Errand): Promise<T> {
    return this.#tries(async (slot) => this.#attempt(built(request), read, errand, slot), request, errand);
  }

  /** The same, except that `admit` is asked once, with a place to send in hand, right before the first attempt. */
  async postIf<T>(
    admit: () => boolean,
    request: Asked,
    read: (reply: object) => T,
    errand: Errand,
  ): Promise<T | typeof NOT_ADMITTED> {
    let admitted = false;
    const attempt = async (slot: Slot): Promise<T | typeof NOT_ADMITTED> => {
      admitted ||= admit();
      return admitted ? this.#attempt(built(request), read, errand, slot) : NOT_ADMITTED;
    };
    return this.#tries(attempt, request, errand);
  }

  #tries<T>(attempt: (slot: Slot) => Promise<T>, request: Asked, errand: Errand): Promise<T> {
    const { clock, limiter, log, name } = this.#parts;
    const placed = async (): Promise<T> => {
      const slot = await this.#acquire(limiter.countsTokens ? estimateTokens(built(request).body) : 0, errand);
      try {
        return await attempt(slot);
      } finally {
        slot.release();
      }
    };
    return withRetries(placed, {
      clock,
      signal: errand.signal,
      patience: errand.patience,
      onRetryAfter: (until) => {
        log?.warn({ endpoint: name, seconds: Math.ceil((until - clock.now()) / 1_000) }, 'the endpoint asks to be left alone');
        limiter.pause(until);
      },
      onRetry: (fault, waitMs) =>
        log?.info({ endpoint: name, kind: fault.kind, status: fault.status, waitMs: Math.round(waitMs) }, 'asking again'),
    });
  }

  async #acquire(tokens: number, { patience, signal }: Errand): Promise<Slot> {
    try {
      return await this.#parts.limiter.acquire(tokens, patience.leftMs, signal);
    } catch (error) {
      if (!(error instanceof PausedTooLong)) throw error;
      throw new Fault({ kind: 'http', status: 429, detail: error.message, retryable: false });
    }
  }

  async #attempt<T>(request: Request, read: (reply: object) => T, errand: Errand, slot: Slot): Promise<T> {
    let reply: object | null = null;
    try {
      reply = await this.#parts.client.post(request, errand.signal);
      return read(reply);
    } finally {
      const usage = usageOf(reply, this.#parts.price);
      const spent = usage.promptTokens + usage.completionTokens;
      if (slot.tokens && spent > 0) slot.tokens.amount = spent;
      errand.onUsage?.(usage);
    }
  }
}
