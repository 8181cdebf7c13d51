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
    `"progress":${stored.progress},"estimate":${stored.estimate},"metadata":${stored.metadata},"request":${stored.request},` +
    `"result":${stored.result},"error":${stored.error}}`
  );
}

/** The JSON text of a page of explanations. */
export function listOf(items: readonly Stored[], nextCursor: string | null): string {
  return `{"data":[${items.map(documentOf).join(',')}],"next_cursor":${JSON.stringify(nextCursor)}}`;
}
