import OpenAI, { APIConnectionError, APIError } from 'openai';
import { causeOf } from '../../egress/causes.ts';
import { createNetwork, PUBLIC_ONLY } from '../../egress/network.ts';
import type { EndpointSettings } from '../settings.ts';
import { type ErrorBody, errorInside, readErrorBody } from './error-body.ts';
import { Fault } from './fault.ts';
import { exhaustedMs, type RateLimit, rateLimitOf } from './rate-limit.ts';
import { redact } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';

/** One request. `root` routes lie beside `/v1`, not under it. */
export interface Request {
  path: string;
  /** Left out: POST. A GET sends no body. */
  method?: 'get';
  root?: boolean;
  body: Record<string, unknown>;
  /** Texts that stand in the body as token ids: a server may quote them in an error all the same. */
  about?: unknown;
}

export interface Client {
  /** One attempt. Gives the parsed JSON object; `onLeft` is told what the headers say of limits. @throws Fault, or the signal's reason */
  post(request: Request, signal: AbortSignal, onLeft?: (left: RateLimit) => void): Promise<object>;
  close(): Promise<void>;
}

/** The client refuses to be without a key; servers that need none ignore it. */
const NO_KEY = 'none';

/** Above every deadline of ours: the longest delay that timers take. */
const NEVER_MS = 2 ** 31 - 1;

/** A list of 64 echoed prompts of 8,000 tokens is about half of this. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;

/** Nothing else leaves: the client would add the machine's platform, and headers from variables of its own. */
const SENT_HEADERS = ['accept', 'content-type', 'user-agent'];

/** OpenAI's 429 that waiting does not end. */
const OUT_OF_QUOTA = 'insufficient_quota';

const NO_VERSION = 'the base URL has no /v1 at its end, as it has with most servers';

function isStatusError(error: unknown): error is APIError<number, Headers> {
  return error instanceof APIError && typeof error.status === 'number';
}

function connectionFault(error: Error): Fault {
  const { detail, permanent, tooLarge, forbidden } = causeOf(error);
  return new Fault({ kind: 'connection', detail, retryable: !permanent, tooLarge, forbidden });
}

/** The OpenAI client with its own retries, limits and logging off: those are this folder's. */
export function createClient(settings: EndpointSettings, now: () => number): Client {
  const { keyHeader = 'authorization', apiVersion } = settings;
  const network = createNetwork({
    connections: settings.concurrency,
    permits: settings.allowPrivateNetwork ? null : PUBLIC_ONLY,
    headers: new Set([...SENT_HEADERS, keyHeader]),
    maxReplyBytes: MAX_REPLY_BYTES,
  });
  const base = settings.baseUrl.replace(/\/+$/, '');
  const root = base.replace(/\/v1$/, '');
  const openai = new OpenAI({
    apiKey: settings.apiKey ?? NO_KEY,
    // null: else they are read from the environment, and another vendor's server would be told
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL: base,
    ...(keyHeader === 'api-key' ? { defaultHeaders: { 'api-key': settings.apiKey } } : {}),
    ...(apiVersion ? { defaultQuery: { 'api-version': apiVersion } } : {}),
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: 'off',
    fetch: network.fetch,
  });

  /** Most servers have their routes under /v1, and many are configured without. */
  const unversioned = !/[^/]\/v\d/.test(base) && !apiVersion;

  const statusFault = (status: number, { code, message }: ErrorBody, request: Request, wait: number | null): Fault => {
    // a refused key may be quoted in part
    const words = status === 401 || status === 403 ? '' : redact(message, [request.body, request.about], settings.apiKey);
    const hint = status === 404 && unversioned && !request.root ? NO_VERSION : '';
    const spent = status === 402 || (status === 429 && code === OUT_OF_QUOTA);
    return new Fault({ kind: 'http', status, detail: [code, words, hint].filter(Boolean).join(': '), retryAfterMs: wait, spent });
  };

  /** A 429 may name its time by its limits alone. */
  const waitOf = ({ status, headers }: APIError<number, Headers>): number | null =>
    retryAfterMs(headers, now()) ?? (status === 429 ? exhaustedMs(rateLimitOf(headers), 0) : null);

  const faultOf = (error: unknown, request: Request): unknown => {
    if (error instanceof APIConnectionError) return connectionFault(error);
    if (isStatusError(error)) {
      return statusFault(error.status, readErrorBody(error.error), request, waitOf(error));
    }
    if (error instanceof SyntaxError) return new Fault({ kind: 'malformed', detail: 'the reply is not JSON' });
    // fetch reports a body that broke off as a TypeError with a cause
    if (error instanceof TypeError && error.cause !== undefined) return connectionFault(error);
    return error;
  };

  return {
    async post(request, signal, onLeft) {
      signal.throwIfAborted();
      // by hand: AbortSignal.any costs more than all else here that is not the client's own
      const stop = new AbortController();
      let late = false;
      const end = () => stop.abort();
      const timer = setTimeout(() => {
        late = true;
        end();
      }, Math.min(NEVER_MS, settings.timeoutSeconds * 1_000));
      signal.addEventListener('abort', end, { once: true });
      let reply: unknown;
      try {
        const url = request.root ? root + request.path : request.path;
        const asked = request.method === 'get' ? openai.get(url, { signal: stop.signal }) : openai.post(url, { body: request.body, signal: stop.signal });
        const { data, response } = await asked.withResponse();
        reply = data;
        onLeft?.(rateLimitOf(response.headers));
      } catch (error) {
        signal.throwIfAborted();
        if (late) throw new Fault({ kind: 'timeout', detail: `no reply within ${settings.timeoutSeconds} s` });
        throw faultOf(error, request);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
      }
      if (typeof reply !== 'object' || reply === null) {
        throw new Fault({ kind: 'malformed', detail: 'the reply is not a JSON object' });
      }
      const inside = errorInside(reply);
      if (inside === null) return reply;
      throw statusFault(inside.status ?? 500, inside, request, null);
    },
    close: () => network.close(),
  };
}
