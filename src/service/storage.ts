import type { Outcome } from '../core/types.ts';

/*
 * What the service needs of its storage. Part of the ports, which give it on; `store/` implements it.
 */

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
 * `request`, `estimate`, `metadata`, `batch`, `webhook`, `progress`, `result`, `error` are JSON texts ('null' where absent).
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
  /** `{id, index}`. */
  batch: string;
  /** A Delivery of contract/webhooks.ts. */
  webhook: string;
  request: string;
  result: string;
  error: string;
  /** Grows with every change; the ETag is made of it. */
  revision: number;
  /** Of the layout that it was stored in (contract/queue.ts); left out: the first. */
  schema?: number;
}

/** An explanation as it is shown, put together where it is stored. */
export interface StoredDocument {
  id: string;
  status: Status;
  /** As of Stored. */
  revision: number;
  /** The JSON text of the resource (`explanationSchema`). */
  text: string;
}

/** Something that happened to an explanation. */
export interface JobEvent {
  /** Sorts by time within the explanation; what a follower resumes after. */
  id: string;
  /** The last one is named by the terminal status. */
  type: 'status' | 'progress' | 'attributions' | 'contrast' | 'completed' | 'failed' | 'cancelled';
  /** JSON text: `{status}`, the progress, or what would be said if the job had to stop now. */
  data: string;
}

export interface Page {
  items: readonly Stored[];
  /** Where the next page starts, null at the end. */
  next: Position | null;
}

export interface Position {
  createdAtMs: number;
  id: string;
}

/** Which explanations are meant. */
export interface ListFilter {
  status?: Status | null;
  /** Of this batch. */
  batch?: string | null;
  /** Created at this time or later, and before that one, in ms. */
  from?: number | null;
  before?: number | null;
}

export interface ListQuery extends ListFilter {
  limit: number;
  after: Position | null;
}

/**
 * Explanations in Redis. All methods throw ProblemError storage_unavailable when Redis is away.
 * Transitions are atomic and nothing leaves a terminal state.
 */
export interface Explanations {
  /**
   * Stores a new explanation as `queued` and puts it on the queue.
   * @param secret what only its worker may read, sealed; gone when the explanation ends
   * @param maxOpen explanations of the owner that may be under way, this one included; null = any number
   * @throws ProblemError queue_full, too_many_open
   */
  create(stored: Stored, secret?: string | null, maxOpen?: number | null): Promise<void>;
  /** null also when it belongs to someone else. `id` 'latest' is the owner's newest. */
  read(owner: string, id: string): Promise<Stored | null>;
  /** The same as its document, for whoever only passes it on. */
  show(owner: string, id: string): Promise<StoredDocument | null>;
  list(owner: string, query: ListQuery): Promise<Page>;
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
  /** What was stored with the explanation for its worker, sealed; null when there is nothing, or it has ended. */
  secret(id: string): Promise<string | null>;
  /** queued or in_progress (a retry) → in_progress. Gives the status after; null when the job is gone. */
  start(id: string): Promise<Status | null>;
  /**
   * Writes progress, and tells provisional attributions (JSON text) to whoever follows the job; gives the status now, so
   * that the worker sees `cancelling` (or null: erased) without a channel.
   */
  progress(id: string, progressJson: string, provisionalJson?: string | null, kind?: 'attributions' | 'contrast'): Promise<Status | null>;
  /** → completed | cancelled (when it was cancelling) | failed. `evaluations` is JSON text or null. False when already terminal or gone. */
  finish(id: string, end: { status: 'completed' | 'failed' | 'cancelled'; result: string; error: string; evaluations: string | null; progress: string }): Promise<boolean>;
  /** Remembers that these cache keys are written for the explanation, so that erasing it erases them. */
  ownCacheKeys(id: string, keys: readonly string[]): Promise<void>;
  /** Once they are written: erases them where the explanation was erased meanwhile. */
  confirmCacheKeys(id: string, keys: readonly string[]): Promise<void>;
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
  /** Explanations that have not ended, by status. */
  open(): Promise<{ queued: number; running: number }>;
  /** Age of the oldest explanation that is queued, null when none is. */
  oldestQueuedSeconds(): Promise<number | null>;
}
