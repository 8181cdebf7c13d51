import type { FastifyReply } from 'fastify';
import { batchSchema } from '../contract/batches.ts';
import { etagOf } from '../contract/headers.ts';
import type { StoredBatch } from '../service/batch-ports.ts';
import { batchDocumentOf } from './document.ts';

/** How the replies of this file are documented. */
export const BATCH = { 'application/json': batchSchema };

/** Seconds between two polls of a batch that has not ended. */
const POLL_SECONDS = 2;

/** Headers that say how fresh the batch is and when to ask again. Gives the entity tag. */
export function batchFreshness(reply: FastifyReply, batch: StoredBatch): string {
  const etag = etagOf(batch.id, batch.revision);
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (batch.finishedAt === null) reply.header('retry-after', String(POLL_SECONDS));
  return etag;
}

export function sendBatch(reply: FastifyReply, status: number, batch: StoredBatch): FastifyReply {
  batchFreshness(reply, batch);
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(batchDocumentOf(batch));
}
