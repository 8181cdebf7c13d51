import type { Call, Completion, Outcome, TokenGrid } from '../core/types.ts';
import type { Consultant } from './consultants.ts';

export type { Consultant, Inquiry, Said } from './consultants.ts';

/*
 * What the service needs of the outside, as interfaces. `endpoints/` and `store/` implement them; `bin/` joins them.
 */

// ---------------------------------------------------------------- endpoints

/** US dollars per million tokens. */
export interface Price {
  promptPerMillion: number;
  completionPerMillion: number;
}

/** A configured endpoint, without its secret: what the API shows and the plan needs. */
export interface EndpointInfo {
  name: string;
  dialect: string;
  baseUrl: string;
  /** Empty: any model name is passed on. */
  models: readonly string[];
  concurrency: number;
  maxBatch: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  timeoutSeconds: number;
  price: Price | null;
  /** Who is consulted for jobs of this endpoint; null = nobody. */
  embedding: Consulted | null;
  /** Entailment: a classifier, else the judge. */
  nli: Consulted | null;
  judge: Consulted | null;
}

/** A model that answers consultations, by the name of its endpoint. */
export interface Consulted {
  endpoint: string;
  model: string;
  price: Price | null;
}

/**
 * The rungs of the scoring ladder: log-probabilities of every token of a given completion; of the first token of a new
 * answer, with its alternatives; or nothing but a new answer.
 */
export type Rung = 'prompt_logprobs' | 'first_token' | 'text';

/** A token grid, with the log-probabilities of the completion under the call where they came along. */
export interface Cut extends TokenGrid {
  logprobs: Float64Array | null;
}

/** What a server was seen to do for one model. Found by asking, never by name or version. */
export interface Supports {
  /** The highest rung per shape of call. `text` = it can only be asked to answer again. */
  chat: Rung;
  completion: Rung;
  /** How many alternatives of an answer's first token were seen per shape; 0 = none that can be trusted. */
  opening: { chat: number; completion: number };
  /** A list of prompts in one completions request. */
  lists: boolean;
  /** Free words on what was tried and seen, for people. */
  notes: readonly string[];
}

export interface Usage {
  /** Evaluations asked of the endpoint (a list of ten prompts is ten). */
  calls: number;
  httpRequests: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  costUsd: number;
}

/** Why an item has no outcome; free of prompts, completions and keys. */
export interface Failed {
  kind: 'failed';
  reason: string;
}

/** @typeParam R what an item ends in when it does not fail */
export interface AskOptions<R = Outcome> {
  signal: AbortSignal;
  /**
   * Asked before the items at these positions are sent; false = leave them (they get no outcome). Called once per
   * batch, right before its first request, so that a budget is never passed by more than what is in flight.
   */
  admit(positions: readonly number[]): boolean;
  /** Called once per item that ended, in any order, as soon as it ended. Failed items come as `{kind: 'failed'}`. */
  onOutcome(position: number, outcome: R | Failed): void;
  /**
   * After every HTTP request, retries included: what it added. `calls` is 0 here (the evaluator counts them);
   * `positions` are the items it was for.
   */
  onUsage(usage: Usage, positions: readonly number[]): void;
}

/** One configured model server. Never throws for a single item; throws ProblemError when nothing can be asked at all (wrong key, aborted). */
export interface Endpoint {
  readonly info: EndpointInfo;
  /** Part of every cache key: two endpoints that could answer differently never share it. Holds no secret. */
  readonly identity: string;
  /** Asked once per model and process, then remembered. @throws ProblemError endpoint_unreachable, endpoint_refused */
  supports(model: string, signal: AbortSignal): Promise<Supports>;
  /** Asks each call again and gives its answer. */
  generate(calls: readonly Call[], options: AskOptions): Promise<void>;
  /**
   * The token grid of `completion` as an answer to `call`: how the endpoint's tokenizer cuts it. Needed before `weigh`.
   * Where finding out took a weighing of the call itself, `usage.calls` counts it and its outcome comes along.
   * @throws ProblemError
   */
  grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut>;
  /**
   * Log-probability of every token of the grid under every call. An evaluation whose tokens the server cut otherwise
   * is laid onto the grid by common boundaries (sums over whole common stretches stay exact) or fails.
   */
  weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void>;
  /**
   * What an answer to each call may begin with: the alternatives of its first token with their raw log-probabilities.
   * @throws ProblemError scorer_unavailable when the server was not seen to give them for calls of this shape
   */
  open(calls: readonly Call[], options: AskOptions): Promise<void>;
}

export interface Endpoints {
  readonly defaultName: string;
  list(): readonly EndpointInfo[];
  get(name: string): Endpoint | undefined;
  /** Who is consulted for the jobs of this endpoint. */
  consultant(name: string): Consultant | undefined;
}

/** What the API role needs to know of endpoints: no way to ask them. */
export type EndpointDirectory = { readonly defaultName: string; list(): readonly EndpointInfo[] };

// ---------------------------------------------------------------- storage

/** Content-addressed store of outcomes; keys are hashes that the evaluator makes. */
export interface OutcomeCache {
  /** In the order of the keys; null = unknown. Never throws: a cache that is away knows nothing. */
  get(keys: readonly string[]): Promise<(Outcome | null)[]>;
  /** Failed outcomes are never stored. Never throws. */
  set(key: string, outcome: Outcome): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
}

export type Status = 'queued' | 'in_progress' | 'cancelling' | 'completed' | 'failed' | 'cancelled';
export const TERMINAL: ReadonlySet<Status> = new Set(['completed', 'failed', 'cancelled']);

/**
 * One explanation as stored. JSON documents stay strings so that a poll never parses them:
 * `request`, `estimate`, `metadata`, `progress`, `result`, `error` are JSON texts ('null' where absent).
 */
export interface Stored {
  id: string;
  owner: string;
  status: Status;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  expiresAt: string | null;
  progress: string;
  estimate: string;
  metadata: string;
  request: string;
  result: string;
  error: string;
  /** Grows with every change; the ETag is made of it. */
  revision: number;
}

/** Something that happened to an explanation. */
export interface JobEvent {
  /** Sorts by time within the explanation; what a follower resumes after. */
  id: string;
  /** The last one is named by the terminal status. */
  type: 'status' | 'progress' | 'attributions' | 'completed' | 'failed' | 'cancelled';
  /** JSON text: `{status}`, the progress, or the provisional attributions. */
  data: string;
}

export interface Page {
  items: readonly Stored[];
  /** Where the next page starts, null at the end. */
  next: { createdAtMs: number; id: string } | null;
}

/**
 * Explanations in Redis. All methods throw ProblemError storage_unavailable when Redis is away.
 * Transitions are atomic and nothing leaves a terminal state.
 */
export interface Explanations {
  /** Stores a new explanation as `queued` and puts it on the queue. @throws ProblemError queue_full */
  create(stored: Stored): Promise<void>;
  /** null also when it belongs to someone else. `id` 'latest' is the owner's newest. */
  read(owner: string, id: string): Promise<Stored | null>;
  list(owner: string, query: { limit: number; status: Status | null; after: { createdAtMs: number; id: string } | null }): Promise<Page>;
  /** queued → cancelled (removed from the queue), in_progress → cancelling, else unchanged. Gives the state after. */
  cancel(owner: string, id: string): Promise<Stored | null>;
  /** Erases every key that belongs to the explanation, cached outcomes that it asked for included. False when there was none. */
  erase(owner: string, id: string): Promise<boolean>;
  /** Resolves when the explanation is terminal or the time is over. */
  waitForEnd(owner: string, id: string, milliseconds: number, signal: AbortSignal): Promise<void>;
  /**
   * What happens to the explanation from after the event `after` on (null: from the beginning), as it happens. Ends after
   * the event of its end, when it was erased, when `signal` is aborted and when Redis stays away.
   */
  events(owner: string, id: string, after: string | null, signal: AbortSignal): AsyncGenerator<JobEvent, void>;
  /** JSON text of the stored evaluations (core/evaluations.ts), null when there are none. */
  readEvaluations(id: string): Promise<string | null>;
  /**
   * Binds an Idempotency-Key to a new id, or tells which id and body it is bound to already.
   * Releases itself with the result's life.
   */
  claimIdempotencyKey(owner: string, key: string, bodyHash: string, id: string): Promise<{ id: string; bodyHash: string } | null>;
  releaseIdempotencyKey(owner: string, key: string): Promise<void>;
}

/** The worker's side of the same explanations. */
export interface JobStore {
  load(id: string): Promise<Stored | null>;
  /** queued or in_progress (a retry) → in_progress. Gives the status after; null when the job is gone. */
  start(id: string): Promise<Status | null>;
  /**
   * Writes progress, and tells provisional attributions (JSON text) to whoever follows the job; gives the status now, so
   * that the worker sees `cancelling` (or null: erased) without a channel.
   */
  progress(id: string, progressJson: string, attributionsJson?: string | null): Promise<Status | null>;
  /** → completed | cancelled (when it was cancelling) | failed. `evaluations` is JSON text or null. False when already terminal or gone. */
  finish(id: string, end: { status: 'completed' | 'failed' | 'cancelled'; result: string; error: string; evaluations: string | null; progress: string }): Promise<boolean>;
  /** Remembers that these cache keys were written for the explanation, so that erasing it erases them. */
  ownCacheKeys(id: string, keys: readonly string[]): Promise<void>;
}

/** How long evaluations took before, for estimates. Never throws. */
export interface Pace {
  /** Seconds of wall clock per evaluation on this endpoint and model, null without experience. */
  secondsPerCall(endpoint: string, model: string): Promise<number | null>;
  /** Adds what a finished job took. */
  learn(endpoint: string, model: string, calls: number, seconds: number): Promise<void>;
}

/** Where a role says what it does; pino fits. Never given a prompt, a completion or a secret. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Liveness for /readyz and /metrics. */
export interface Health {
  ping(): Promise<boolean>;
  /** Workers seen within the last 15 s. */
  workers(): Promise<number>;
  queueDepth(): Promise<Record<string, number>>;
}
