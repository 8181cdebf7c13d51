import type { Status, Usage } from './ports.ts';

/*
 * Who is told what happens, in order to count it. Nothing here is ever given a prompt, a completion, a secret or an owner.
 */

/** What became of an evaluation: asked of the endpoint, found in the cache, or asked and failed (which counts as asked, too). */
export type Evaluated = 'asked' | 'cached' | 'failed';

/** One job in the hands of a worker. */
export interface JobMeter {
  evaluated(what: Evaluated, count: number): void;
  /** The explanation is terminal by this attempt. */
  ended(status: Status): void;
  /** The attempt is over, whichever way: ended, handed back, or to be tried again. Once. */
  left(how: 'ended' | 'handed_back' | 'retried'): void;
}

/** Counts explanations; methods are the ids that were asked for. */
export interface Meter {
  /** Taken in and queued. */
  accepted(method: string): void;
  /** Ended in nobody's hands: cancelled before a worker had it, or given up by the queue. */
  ended(method: string, status: Status): void;
  /** @param waitedSeconds since it was accepted; null when this is not the first attempt */
  started(method: string, waitedSeconds: number | null): JobMeter;
}

/** One request to an endpoint, before it is sent. */
export interface Outgoing {
  endpoint: string;
  /** The route below the base URL, such as `/chat/completions`. */
  path: string;
  /** null where the request names none. */
  model: string | null;
  /** What is evaluated by it: prompts of a list count each. */
  evaluations: number;
}

/** How it ended. */
export interface Reply {
  /** `ok`, `http_<status>`, `timeout`, `connection`, `malformed` or `aborted`. */
  outcome: string;
  usage: Usage;
}

/** Sees the traffic with endpoints: one call per attempt, retries included. */
export interface Watch {
  /** Gives what is called at the end. */
  sent(request: Outgoing): (reply: Reply) => void;
  /** A request waited so long for its turn, limits and pauses included. */
  waited(endpoint: string, seconds: number): void;
  /** A request will be sent again. */
  again(endpoint: string): void;
  /** The endpoint wants to be left alone. */
  paused(endpoint: string): void;
}
