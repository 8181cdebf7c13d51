import type { BatchCounts, BatchStatus } from '../contract/batches.ts';
import type { ListQuery, Position, Stored } from './storage.ts';

/** A batch as stored; `metadata`, `estimate` and `webhook` are JSON texts. */
export interface StoredBatch {
  id: string;
  owner: string;
  status: BatchStatus;
  createdAt: string;
  finishedAt: string | null;
  expiresAt: string | null;
  counts: BatchCounts;
  metadata: string;
  estimate: string;
  webhook: string;
  /** Grows with every change; the ETag is made of it. */
  revision: number;
}

/** An explanation that waits, and what only its worker may read of it, sealed. */
export interface Fresh {
  stored: Stored;
  secret: string | null;
}

/** Batches in Redis. All methods throw ProblemError storage_unavailable when Redis is away. */
export interface BatchStore {
  /**
   * Stores a batch and its explanations and puts them on the queue; all of them or none.
   * @param maxOpen as for a single explanation
   * @throws ProblemError queue_full, too_many_open
   */
  create(batch: StoredBatch, explanations: readonly Fresh[], maxOpen: number | null): Promise<void>;
  /** null also when it belongs to someone else. */
  read(owner: string, id: string): Promise<StoredBatch | null>;
  list(owner: string, query: Pick<ListQuery, 'limit' | 'after'>): Promise<{ items: readonly StoredBatch[]; next: Position | null }>;
  /**
   * Cancels every explanation that has not ended. Gives the state after, null when there is no such batch.
   * @param told hears the request (JSON text) of each that was still queued and so ended by it
   */
  cancel(owner: string, id: string, told?: (request: string) => void): Promise<StoredBatch | null>;
  /** Erases the batch and all of its explanations. False when there was none. */
  erase(owner: string, id: string): Promise<boolean>;
  /** Binds an Idempotency-Key to a batch, as for an explanation. */
  claimIdempotencyKey(owner: string, key: string, bodyHash: string, id: string): Promise<{ id: string; bodyHash: string } | null>;
  releaseIdempotencyKey(owner: string, key: string): Promise<void>;
  waitForEnd(owner: string, id: string, milliseconds: number, signal: AbortSignal): Promise<void>;
}
