import { errorOf, WhereforeError } from './problem.ts';

export interface Options {
  /** Where the service is, without `/v1`. */
  baseUrl: string;
  /** Left out: the service runs without keys. */
  apiKey?: string;
  /** How often something is asked again that may be asked again. Default 3. */
  retries?: number;
  /** Default: the platform's own. */
  fetch?: typeof globalThis.fetch;
}

export interface Sent {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Whether it does no harm twice. Default: everything but POST. */
  repeatable?: boolean;
}

/** Passing troubles: a rate, a full queue, storage that is away, a first try that is still being taken in. */
const PASSING = new Set([429, 502, 503, 504]);
const LONGEST_WAIT = 30;

/** Resolves after so many seconds. @throws the signal's reason, at once */
export function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1_000);
    const stop = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

function passes(error: unknown): boolean {
  if (error instanceof WhereforeError) return PASSING.has(error.status) || error.code === 'idempotency_in_progress';
  // fetch tells every trouble of the network as a TypeError
  return error instanceof TypeError;
}

/** The way to the service: authorization, errors, and asking again. */
export class Http {
  readonly #options: Options;
  readonly #base: string;

  constructor(options: Options) {
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, '');
  }

  /** One attempt. @throws WhereforeError, TypeError for the network, the signal's reason */
  async once(path: string, { method = 'GET', body, headers = {}, signal }: Sent = {}): Promise<Response> {
    const { apiKey, fetch = globalThis.fetch } = this.#options;
    const reply = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    if (reply.ok || reply.status === 304) return reply;
    throw await errorOf(reply);
  }

  /** The same, again after passing troubles, as late as `Retry-After` says, else after 0.5, 1, 2 … seconds. */
  async send(path: string, sent: Sent = {}): Promise<Response> {
    const { repeatable = sent.method !== 'POST' } = sent;
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.once(path, sent);
      } catch (error) {
        if (sent.signal?.aborted || !repeatable || tried >= (this.#options.retries ?? 3) || !passes(error)) throw error;
        const said = error instanceof WhereforeError ? error.retryAfter : null;
        await pause(Math.min(LONGEST_WAIT, said ?? 0.5 * 2 ** tried), sent.signal);
      }
    }
  }

  async json<T>(path: string, sent: Sent = {}): Promise<T> {
    return (await (await this.send(path, sent)).json()) as T;
  }
}
