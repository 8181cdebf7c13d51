import type { StoredBatch } from '../service/batch-ports.ts';
import type { Stored } from '../service/ports.ts';

/**
 * The JSON text of an explanation in the order of `explanationSchema`. The stored JSON texts go in as they are: a poll
 * never parses them, and an ETag by revision stays true to the byte.
 */
export function documentOf(stored: Stored): string {
  const text = (value: string | null) => JSON.stringify(value);
  return (
    `{"id":${text(stored.id)},"object":"explanation","status":${text(stored.status)},"created_at":${text(stored.createdAt)},` +
    `"started_at":${text(stored.startedAt)},"finished_at":${text(stored.finishedAt)},"expires_at":${text(stored.expiresAt)},` +
    `"progress":${stored.progress},"estimate":${stored.estimate},"metadata":${stored.metadata},"batch":${stored.batch},"webhook":${stored.webhook},"request":${stored.request},` +
    `"result":${stored.result},"error":${stored.error}}`
  );
}

/** The JSON text of a batch in the order of `batchSchema`. */
export function batchDocumentOf(batch: StoredBatch): string {
  const { id, status, createdAt, finishedAt, expiresAt, counts } = batch;
  const head = { id, object: 'batch', status, created_at: createdAt, finished_at: finishedAt, expires_at: expiresAt, counts };
  const stored = `"estimate":${batch.estimate},"metadata":${batch.metadata},"webhook":${batch.webhook}`;
  return `${JSON.stringify(head).slice(0, -1)},${stored}}`;
}

/** The JSON text of a page of documents. */
export function listOf(documents: readonly string[], nextCursor: string | null): string {
  return `{"data":[${documents.join(',')}],"next_cursor":${JSON.stringify(nextCursor)}}`;
}
