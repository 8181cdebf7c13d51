import type { Watch } from '../../service/meter.ts';
import type { Price, Usage } from '../../service/ports.ts';
import type { Client, Request } from '../http/client.ts';
import { Fault } from '../http/fault.ts';
import type { Clock } from './clock.ts';
import { endingOf, isGone, outcomeOf } from './ending.ts';
import type { Limiter } from './limiter.ts';
import { PausedTooLong } from './pause.ts';
import type { Slot } from './slot.ts';
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
  /** The question is what form a reply has: one of another form is an answer, and not asked for again. */
  finding?: boolean;
  /** Prompts in the request, 1 when not said: what it counts for when owners and jobs take turns. */
  evaluations?: number;
}

/** A function is called for every attempt, so that what waits holds no body. */
type Asked = Request | (() => Request);

/** Given instead of a reply where `admit` said no. */
export const NOT_ADMITTED = Symbol('not admitted');

/** A reply that cannot be read would not be otherwise the next time. */
function asFound<T>(read: (reply: object) => T, reply: object): T {
  try {
    return read(reply);
  } catch (error) {
    throw error instanceof Fault ? error.final() : error;
  }
}

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
  watch: Watch | undefined;
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
    const { clock, limiter, log, name, watch } = this.#parts;
    const evaluations = errand.evaluations ?? 1;
    const placed = async (): Promise<T> => {
      const asked = built(request);
      const slot = await this.#acquire(limiter.countsTokens ? estimateTokens(asked.body) : 0, errand);
      // prompts of a list are served one after the other, or at once: lists of a length are compared with one another
      const kind = `${asked.path} ${evaluations}`;
      try {
        const value = await attempt(slot);
        slot.release({ ending: value === NOT_ADMITTED ? 'unsent' : 'well', kind });
        return value;
      } catch (error) {
        const ending = endingOf(error);
        const gone = isGone(error);
        if (error instanceof Fault) error.trial = slot.trial && (gone || ending === 'away');
        const retryAfterMs = error instanceof Fault ? error.retryAfterMs : null;
        if (ending === 'paused') {
          watch?.paused(name);
          log?.warn({ endpoint: name, seconds: Math.ceil((retryAfterMs ?? 0) / 1_000) }, 'the endpoint asks to be left alone');
        }
        // before anybody takes the place: nothing may be sent in the pause that this may begin
        slot.release({ ending, gone, retryAfterMs, kind });
        throw error;
      }
    };
    return withRetries(placed, {
      clock,
      signal: errand.signal,
      patience: errand.patience,
      onRetry: (fault, waitMs) => {
        watch?.again(name);
        log?.info({ endpoint: name, kind: fault.kind, status: fault.status, waitMs: Math.round(waitMs) }, 'asking again');
      },
    });
  }

  async #acquire(tokens: number, { patience, signal, evaluations }: Errand): Promise<Slot> {
    const { clock, limiter, name, watch } = this.#parts;
    const begun = clock.now();
    try {
      const slot = await limiter.acquire(tokens, patience.leftMs, signal, evaluations);
      watch?.waited(name, (clock.now() - begun) / 1_000);
      patience.leftMs -= slot.pausedMs;
      return slot;
    } catch (error) {
      if (!(error instanceof PausedTooLong)) throw error;
      const detail = error.message;
      if (error.why === 'away') throw new Fault({ kind: 'connection', detail, retryable: false, away: true });
      throw new Fault({ kind: 'http', status: 429, detail, retryable: false });
    }
  }

  async #attempt<T>(request: Request, read: (reply: object) => T, errand: Errand, slot: Slot): Promise<T> {
    const { name, client, watch } = this.#parts;
    const { model } = request.body;
    const end = watch?.sent({ endpoint: name, path: request.path, model: typeof model === 'string' ? model : null, evaluations: errand.evaluations ?? 1 });
    let reply: object | null = null;
    let outcome = 'ok';
    try {
      reply = await client.post(request, errand.signal, (left) => slot.told(left));
      return errand.finding ? asFound(read, reply) : read(reply);
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      const { token_ids: ids } = request.body;
      const usage = usageOf(reply, this.#parts.price, Array.isArray(ids) ? ids.length : 0);
      const spent = usage.promptTokens + usage.completionTokens;
      if (spent > 0) slot.settle(spent);
      end?.({ outcome, usage });
      errand.onUsage?.(usage);
    }
  }
}
