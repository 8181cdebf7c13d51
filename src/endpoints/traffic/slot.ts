import type { RateLimit } from '../http/rate-limit.ts';
import type { Ending } from './ending.ts';

export interface LimiterSettings {
  concurrency: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/** How a request ended. */
export interface End {
  ending: Ending;
  /** Nobody was there to answer. */
  gone?: boolean;
  /** What the server wants to be left alone for, where it said so. */
  retryAfterMs?: number | null;
  /** Requests that take about as long as one another. */
  kind?: string;
}

/** A place to send one request. */
export interface Slot {
  /** What it waited because nothing could be sent to the endpoint, in ms; its turn does not count. */
  readonly pausedMs: number;
  /** Given while the server is held to be away, to find out whether it is back. */
  readonly trial: boolean;
  /** Puts what was used in the place of the estimate. */
  settle(tokens: number): void;
  /** What the server says is left. */
  told(left: RateLimit): void;
  release(end?: End): void;
}
