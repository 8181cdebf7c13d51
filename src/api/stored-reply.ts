import type { FastifyReply } from 'fastify';
import { etagOf, matchesEtag } from '../contract/headers.ts';
import { explanationSchema } from '../contract/resource.ts';
import { type Stored, type StoredDocument, TERMINAL } from '../service/ports.ts';
import { documentOf } from './document.ts';

/** How the replies of this file are documented. */
export const EXPLANATION = { 'application/json': explanationSchema };
export const STATE = ['ETag', 'Retry-After'];

/** Seconds between two polls of an explanation that has not ended. */
const POLL_SECONDS = 1;

/** Headers that say how fresh the explanation is and when to ask again. Gives the entity tag. */
function freshness(reply: FastifyReply, stored: Pick<Stored, 'id' | 'status' | 'revision'>): string {
  const etag = etagOf(stored.id, stored.revision);
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (!TERMINAL.has(stored.status)) reply.header('retry-after', String(POLL_SECONDS));
  return etag;
}

/** Sends the explanation's document. */
export function sendStored(reply: FastifyReply, status: number, stored: Stored): FastifyReply {
  freshness(reply, stored);
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(documentOf(stored));
}

/** Sends a document as it is, unless the caller has it already by `If-None-Match`. */
export function sendDocument(reply: FastifyReply, document: StoredDocument, ifNoneMatch: string | undefined): FastifyReply {
  if (matchesEtag(ifNoneMatch, freshness(reply, document))) return reply.code(304).send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(document.text);
}
