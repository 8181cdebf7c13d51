import type { Supports } from './ports.ts';

/*
 * What all processes of an installation know and do together, as interfaces beside those of ports.ts. `store/` implements
 * them, `endpoints/` and the service use them.
 */

/** Whose requests these are: owners take turns, and so do the jobs of one owner, known by the identity of an object. */
export interface Flow {
  owner: string;
  job: object;
}

/** What a probe found, for people and for the API. */
export interface ProbeReport {
  endpoint: string;
  model: string;
  supports: Supports;
  /** RFC 3339. */
  probedAt: string;
  /** What it took to find out, retries included. */
  httpRequests: number;
  /** False: the server was in trouble, so that it is soon asked again. */
  certain: boolean;
  /** What only a probe on request looks at, and no job needs; null = it was none, or the server did not let it be seen. */
  more: { embeddings: boolean | null; prefixCache: boolean | null } | null;
}

/** What was found out about endpoints: JSON text per endpoint and model. Never throws: a store that is away knows nothing. */
export interface Findings {
  get(endpoint: string, model: string): Promise<string | null>;
  set(endpoint: string, model: string, json: string, seconds: number): Promise<void>;
}

/**
 * Who is at what, so that two never do the same at once. A claim ends when it is released, and soon after its process
 * died. Never throws: while the store is away everybody gets what is claimed.
 */
export interface Claims {
  /** Which of the names are now the caller's, in their order. */
  take(names: readonly string[]): Promise<boolean[]>;
  release(names: readonly string[]): Promise<void>;
}

export interface Allowance {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/** What was let through, to be corrected once the true number of tokens is known. */
export interface Admission {
  settle(tokens: number): void;
}

/** Limits and pauses of endpoints that all processes keep together, by the store's clock. Throws when the store is away. */
export interface SharedLimits {
  /** Lets one request through, or says how many milliseconds to wait before asking again, and whether for a pause. */
  admit(endpoint: string, allowance: Allowance, tokens: number): Promise<Admission | { waitMs: number; paused: boolean }>;
  /** Nothing passes for so long; never shortens a pause. */
  pause(endpoint: string, milliseconds: number): Promise<void>;
}

/** Probing on request: a worker asks, since the API role has no way to. All methods throw storage_unavailable when Redis is away. */
export interface Probes {
  /**
   * Has the endpoint asked anew, by one worker however many want it, and waits for it.
   * @returns the report's JSON text; null when it is not there within the time
   * @throws ProblemError what kept the worker from finding out
   */
  ask(endpoint: string, model: string, milliseconds: number, signal: AbortSignal): Promise<string | null>;
  /** The JSON text of the newest report, null when there is none. */
  read(endpoint: string, model: string): Promise<string | null>;
}
